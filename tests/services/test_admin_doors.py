"""Every address of the administration × method × role × own or other city.

A new address must join the table, and what is out of somebody's scope is as if it never was (404).
"""

from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLResolver, reverse

from services import history, webhooks
from services.models import Service
from tests.doors import PERSONS
from tests.factories import make_city, make_key, make_need, make_service
from tests.people import browser_of

pytestmark = pytest.mark.django_db

LOGIN = 302  # To the page that says what is missing, or that one's role does not open this.


def row(editor, administrator, network, elsewhere, outside=LOGIN):
    """Statuses for a stranger, one without the second factor, a worker, and then those named."""
    statuses = (outside, outside, outside, editor, administrator, network, elsewhere)
    return dict(zip(PERSONS, statuses, strict=True))


EDITORS = row(200, 200, 200, 200)
#: A listing of one city; the network's administrators edit European ones alone.
LISTING = row(200, 200, 404, 404)
NETWORK = row(403, 403, 200, 403)
NOBODY = row(403, 403, 403, 403)


def model(
    name, pk, changed, *, added=EDITORS, listed=EDITORS, deleted=None, past=None, posted=None
):
    """The addresses of a model: name -> (arguments, GET, POST of an empty form)."""
    prefix = f"services_{name}"
    return {
        f"{prefix}_changelist": (lambda w: [], listed, listed),
        f"{prefix}_add": (lambda w: [], added, added),
        f"{prefix}_change": (pk, changed, posted or changed),
        f"{prefix}_delete": (pk, deleted or changed, deleted or changed),
        f"{prefix}_history": (pk, past or NOBODY, past or NOBODY),
    }


def refused_by(statuses, status=404):
    """The same, with nothing there for those who would get in."""
    return {who: status if got == 200 else got for who, got in statuses.items()}


def translated(name, pk, changed):
    """A translation that is not there is not deleted."""
    arguments = lambda w: [*pk(w), "xx"]  # noqa: E731
    return {f"services_{name}_delete_translation": (arguments, changed, changed)}


def of(attribute):
    return lambda w: [getattr(w, attribute).pk]


DELETES_LISTING = row(403, 200, 403, 404)
DELETES_PART = row(403, 200, 403, 403)
KEEPS_CITY = row(403, 200, 200, 404)
MISSING = refused_by
TABLE = {
    "index": (lambda w: [], EDITORS, EDITORS),
    "app_list": (lambda w: ["services"], EDITORS, EDITORS),
    "jsi18n": (lambda w: [], EDITORS, row(405, 405, 405, 405)),
    "login": (lambda w: [], None, None),
    "logout": (lambda w: [], None, None),
    "autocomplete": (lambda w: [], NOBODY, row(405, 405, 405, 405)),
    **model("service", of("service"), LISTING, deleted=DELETES_LISTING, past=LISTING),
    **translated("service", of("service"), MISSING(LISTING)),
    "services_service_revert": (
        lambda w: [w.service.pk, w.version.pk],
        row(405, 405, 405, 405),
        row(302, 302, 404, 404),
    ),
    **model(
        "location",
        of("location"),
        LISTING,
        added=NOBODY,
        deleted=DELETES_LISTING,
        past=row(404, 404, 404, 404),
    ),
    **model(
        "organization",
        of("organization"),
        row(200, 200, 200, 200),
        posted=row(200, 200, 403, 403),  # of listings of others it is only read
        deleted=DELETES_PART,
        past=row(404, 404, 404, 404),
    ),
    **model(
        "city",
        of("city"),
        KEEPS_CITY,
        listed=row(403, 200, 200, 200),
        added=NETWORK,
        deleted=NETWORK,
        past=row(403, 404, 404, 404),
    ),
    **translated("city", of("city"), row(404, 404, 404, 404)),
}
for _name in ("country", "need", "targetgroup", "partnerkey", "webhook"):
    TABLE |= model(
        _name, of(_name), NETWORK, added=NETWORK, listed=NETWORK, past=row(403, 403, 404, 403)
    )
for _name in ("country", "need", "targetgroup"):
    TABLE |= translated(_name, of(_name), row(404, 404, 404, 404))


@pytest.fixture
def world():
    city, other = make_city("harbour"), make_city("faraway", country="IT")
    service = make_service(city, name="Quay House", groups=["families"])
    history.settle()
    key = make_key()[0]
    return SimpleNamespace(
        city=city,
        other=other,
        service=service,
        other_service=make_service(other, name="Far House"),
        version=service.versions.get(),
        location=service.sites.get().location,
        organization=service.organization,
        country=city.country,
        need=service.needs.get(),
        targetgroup=service.target_groups.get(),
        partnerkey=key,
        webhook=webhooks.make_webhook(key, "https://hooks.partner.example/hook")[0],
        browsers={
            "stranger": Client(),
            "waiting": browser_of("administrator", city, strong=False),
            "worker": browser_of("worker", city),
            "editor": browser_of("editor", city),
            "administrator": browser_of("administrator", city),
            "network": browser_of("network"),
            "elsewhere": browser_of("administrator", other),
        },
    )


def names(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def test_the_table_names_every_address():
    assert set(names(admin.site.get_urls())) == set(TABLE)


@pytest.mark.parametrize("name", sorted(set(TABLE) - {"login", "logout"}))
def test_who_gets_what(world, name):
    arguments, get, post = TABLE[name]
    address = reverse(f"admin:{name}", args=arguments(world))
    got = {who: world.browsers[who].get(address).status_code for who in PERSONS}
    assert got == get
    got = {who: world.browsers[who].post(address).status_code for who in PERSONS}
    assert got == post


def test_nobody_signs_in_there(world):
    found = {who: world.browsers[who].get("/admin/login/") for who in PERSONS}
    assert {who: answer.status_code for who, answer in found.items()} == row(302, 302, 302, 302) | {
        "worker": 403
    }
    assert found["stranger"]["Location"].startswith("/accounts/login/?next=/admin/")
    assert found["waiting"]["Location"] == reverse("mfa_index")
    assert world.browsers["editor"].get("/admin/logout/").status_code == 405
    assert world.browsers["editor"].post("/admin/logout/")["Location"] == "/"
    assert world.browsers["editor"].get("/admin/").status_code == 302


def test_other_cities_ids_are_refused_wherever_they_are_posted(world):
    """In an address, an action, an autocomplete, a filter, a relation and a row's id."""
    from tests.services.test_admin import change_page, form_of

    client, theirs = world.browsers["administrator"], world.other_service
    changelist = reverse("admin:services_service_changelist")
    client.post(changelist, {"action": "withdraw", "_selected_action": [str(theirs.pk)]})
    assert Service.objects.get(pk=theirs.pk).status == "published"
    assert "Far House" not in client.get(changelist, {"city": "faraway"}).content.decode()
    assert "Far House" not in client.get(changelist, {"q": "Far"}).content.decode()
    term = {"app_label": "services", "model_name": "service", "field_name": "organization"}
    found = client.get(reverse("admin:autocomplete"), term | {"term": ""}).json()["results"]
    assert {row["id"] for row in found} >= {str(world.organization.pk)}
    make_service(world.other, visibility="sealed", organization="Silent Lamps")
    silent = Service.objects.get(organization__name="Silent Lamps").organization
    form = form_of(client.get(change_page(world.service)))
    before = Service.objects.values().get(pk=world.service.pk)
    for change in (
        {"organization": str(silent.pk)},
        {"cities": [str(world.other.pk)]},
        {"country": "IT"},
        {"reach": "national", "country": "IT"},
        {"phones-0-id": str(theirs.phones.get().pk)},
        {"sites-0-id": str(theirs.sites.get().pk)},
        {"needs": ["no-such-need"]},
        {"official_name": "a\x00b"},
    ):
        answer = client.post(change_page(world.service), form | change)
        assert answer.status_code == 200, change
        assert "Silent Lamps" not in answer.content.decode()
    assert Service.objects.values().get(pk=world.service.pk) == before
    assert client.get("/admin/services/need/a%00b/change/").status_code == 403
    assert world.browsers["network"].get("/admin/services/need/a%00b/change/").status_code == 404


def test_a_listing_of_two_cities_keeps_the_one_that_is_not_the_editors(world):
    from tests.services.test_admin import change_page, form_of

    world.service.cities.add(world.other)
    client = world.browsers["editor"]
    form = form_of(client.get(change_page(world.service)))
    assert form["cities"] == [world.city.pk]
    assert client.post(change_page(world.service), form).status_code == 302
    assert set(world.service.cities.all()) == {world.city, world.other}


def test_a_new_listing_is_a_draft_of_ones_city(world):
    client = world.browsers["editor"]
    add = reverse("admin:services_service_add")
    from tests.services.test_admin import form_of

    form = form_of(client.get(add))
    assert form["status"] == "draft"
    assert form["cities"] == [world.city.pk]
    made = {"name": "Lamp House", "official_name": "Lamp House", "needs": [make_need().pk]}
    sites = {"sites-TOTAL_FORMS": "1", "sites-0-kind": "physical", "sites-0-visibility": "public"}
    place = {"sites-0-street": "Quay 1", "sites-0-town": "Harbourtown"}
    form |= made | sites | place | {"organization": str(world.organization.pk)}
    assert client.post(add, form).status_code == 302
    service = Service.objects.get(official_name="Lamp House")
    assert (service.status, service.slug) == ("draft", "lamp-house")
    assert service.sites.get().location.street == "Quay 1"

    assert service.versions.get().user.memberships.get().role == "editor"
