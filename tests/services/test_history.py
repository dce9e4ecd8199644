"""The history of listings: whole, by whom, as closed as the listing, and brought back by one press."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from services import history, snapshots
from services.acting import Way, acting
from services.management.commands import purge_versions
from services.models import City, ListingVersion, Location, Organization, Service
from services.versions import paused
from tests.factories import make_city, make_group, make_need, make_service
from tests.people import browser_of, make_person, signed_in
from tests.services.test_admin import change_page, form_of

pytestmark = pytest.mark.django_db

SEALED_NUMBER, SEALED_STREET, SEALED_NOTE = "+32 2 555 08 43", "canary-lane 9", "canary-note"


@pytest.fixture
def town():
    return make_city("harbourtown")


def state(service):
    return snapshots.take([service.pk])[service.pk]


def known(*services):
    """As if these had been there before: what follows is an edit of theirs."""
    history.settle()
    ListingVersion.objects.all().delete()


def history_page(service):
    return reverse("admin:services_service_history", args=[service.pk])


def revert(client, service, version):
    address = reverse("admin:services_service_revert", args=[service.pk, version.pk])
    return client.post(address, follow=True)


@pytest.mark.django_db(transaction=True)
def test_the_first_edit_keeps_how_it_stood_and_who_made_it():
    """Whether in a transaction or not; and what changes nothing leaves no version."""
    service = make_service(make_city("harbourtown"), phones=["+32 2 555 01 01"])
    person = make_person()
    ListingVersion.objects.all().delete()
    with acting(person, Way.IMPORT):
        service.official_name = "Lamp House"
        service.save()
    before, after = service.versions.order_by("id")
    assert before.state["fields"]["official_name"] != "Lamp House"
    assert (before.user, before.way) == (None, "command")
    assert after.state == state(service)
    assert (after.user, after.way) == (person, "import")
    service.save()
    service.phones.get().delete()
    service.needs.set([make_need("helpline")])
    assert [len(v.state["phones"]) for v in service.versions.order_by("id")] == [1, 1, 0, 0]
    service.delete()
    assert not ListingVersion.objects.exists()


def test_listings_loaded_together_begin_with_their_first_edit(town):
    with paused():
        new = make_service(town, name="New")
    old = make_service(town, name="Old")
    known()
    with paused():
        for service in (new, old):
            service.email = "desk@lamp.example"
            service.save()
    history.settle()
    assert [v.state["fields"]["email"] for v in old.versions.order_by("id")] == [
        "",
        "desk@lamp.example",
    ]
    with paused():
        loaded = make_service(town, name="Loaded")
    history.settle()
    assert not loaded.versions.exists()


def edit_everything(service):
    """Every field and every part other than before."""
    service.official_name, service.official_language = "Lamp House", "fr"
    service.slug, service.aliases = "lamp-house", ["LH"]
    service.organization = Organization.objects.create(name="Others")
    service.email, service.website = "desk@lamp.example", "https://lamp.example/"
    service.how_to_get_in, service.opening_hours = "walk-in", "Mo-Fr 09:00-17:00"
    service.interpreter, service.cost = "takes", "free"
    service.age_min, service.age_max = 12, 30
    service.for_minors_only = service.for_professionals = True
    service.for_people_who_use_violence = True
    service.capacity, service.places = "full", 12
    service.capacity_until = timezone.now() + datetime.timedelta(days=2)
    service.professional_note, service.sealed_note = "Knock twice.", SEALED_NOTE
    service.status, service.visibility = "withdrawn", "public"
    service.reach = "national"
    service.save()
    service.translations.filter(language_code="en").update(summary="Other words.")
    service.translations.create(language_code="fr", name="Maison")
    service.cities.set([make_city()])
    service.needs.set([make_need("helpline")])
    service.target_groups.set([make_group("families")])
    service.phones.all().delete()
    service.phones.create(number="+32 2 555 01 99", opening_hours="24/7")
    service.criteria.create(code="women", stance="takes", note="also trans women")
    service.spoken.create(tag="ti")
    service.sources.create(publisher="City of lamps", date="2026-11")
    service.marks.create(kind="verify", text="Ask")
    location = service.sites.get().location
    location.street = "Other Street 1"
    location.save()
    service.sites.create(location=Location.objects.create(kind="virtual"))


def test_a_version_is_brought_back_whole(town):
    """Snapshot, edit everything, revert: equal; and the revert is a version too."""
    person = make_person("administrator", town)
    service = make_service(town, name="Quay House", visibility="professional", languages=["fr"])
    service.target_groups.set([make_group("women-girls")])
    known()
    before = state(service)
    edit_everything(Service.objects.get(pk=service.pk))
    history.settle()
    after = state(service)
    same = {name for name in before["fields"] if before["fields"][name] == after["fields"][name]}
    assert same == {"confidential", "country_id"}
    assert not any(before[part] == after[part] for part in before if part != "fields")
    # Today in no city of hers, it is hers again by the country.
    first = service.versions.order_by("id").first()
    page = revert(signed_in(person), service, first)
    assert "stands again as it did then" in page.content.decode()
    assert state(service) == before
    latest = service.versions.first()
    assert (latest.way, latest.user, latest.state) == ("revert", person, before)
    assert "Quay House" in page.content.decode()


def test_the_page_says_what_changed_field_by_field(town):
    editor = make_person("editor", town)
    service = make_service(town, name="Quay House")
    known()
    client = signed_in(editor)
    form = form_of(client.get(change_page(service)))
    form |= {"phones-0-number": "+32 2 555 01 77", "website": "https://lamp.example/"}
    assert client.post(change_page(service), form).status_code == 302
    page = client.get(history_page(service)).content.decode()
    for words in ("Website", "https://lamp.example/", "+32 2 555 01 77", editor.email, "edited"):
        assert words in page


def test_what_is_sealed_is_sealed_in_the_history(town):
    """Also what was open once and is sealed now, and after it has been deleted."""
    phones = [{"number": "+32 2 555 01 01"}, {"number": SEALED_NUMBER}]
    place = {"street": SEALED_STREET, "town": "Canaryville"}
    service = make_service(town, name="Quay House", phones=phones, place=place)
    known()
    service.sealed_note = SEALED_NOTE
    service.email = "desk@lamp.example"
    service.save()
    history.settle()
    service.phones.filter(number=SEALED_NUMBER).update(visibility="sealed")
    location = service.sites.get().location
    location.visibility = "sealed"
    location.save()
    history.settle()
    # By its number no database finds it any more.
    service.phones.get(visibility="sealed").delete()
    service.sites.all().delete()
    history.settle()
    editor, keeper = browser_of("editor", town), browser_of("administrator", town)
    network = browser_of("network")
    shown = editor.get(history_page(service)).content.decode()
    assert "desk@lamp.example" in shown
    told = keeper.get(history_page(service)).content.decode()
    for canary in ("555 08 43", "canary-lane", "Canaryville", SEALED_NOTE):
        assert canary not in shown
        assert canary in told
    assert network.get(history_page(service)).status_code == 404
    # An editor brings back what they may see, and leaves the rest as it is.
    first = service.versions.order_by("id").first()
    revert(editor, service, first)
    again = Service.objects.get(pk=service.pk)
    assert (again.email, again.sealed_note) == ("", SEALED_NOTE)
    assert not again.sites.exists()
    assert [p.number for p in again.phones.all()] == ["+32 2 555 01 01"]
    # Nor may an administrator open in passing what was sealed.
    page = revert(keeper, service, first).content.decode()
    assert "would open something" in page
    assert SEALED_NUMBER not in [phone.number for phone in again.phones.all()]


def test_a_confidential_listing_is_not_reverted_into_the_open(town):
    service = make_service(town, name="Quay House")
    known()
    service.sites.all().delete()
    service.confidential = True
    service.save()
    history.settle()
    first = service.versions.order_by("id").first()
    for role in ("editor", "administrator"):
        page = revert(browser_of(role, town), service, first).content.decode()
        assert "would open something" in page
    assert Service.objects.get().confidential


def test_a_version_of_another_listing_is_not_brought_back(town):
    elsewhere = make_city("faraway", country="IT")
    mine, theirs = make_service(town), make_service(elsewhere)
    history.settle()
    client = browser_of("administrator", town)
    version = theirs.versions.get()
    for service in (mine, theirs):
        address = reverse("admin:services_service_revert", args=[service.pk, version.pk])
        assert client.post(address).status_code == 404
        assert client.get(address).status_code == 405


def test_loading_the_cities_writes_no_version_and_an_edit_costs_few_queries(town):
    service = make_service(town, phones=["+32 2 555 01 01", "+32 2 555 01 02"])
    history.settle()
    service.email = "desk@lamp.example"
    with CaptureQueriesContext(connection) as taken:
        service.save()
        for phone in service.phones.all():
            phone.note = "Reception"
            phone.save()
        history.settle()
    about_versions = [q["sql"] for q in taken if "listingversion" in q["sql"]]
    # Whether there is one, the last one, the new one.
    assert len(about_versions) == 3
    assert City.objects.count() == 1
    call_command("load_cities", verbosity=0)
    history.settle()
    assert ListingVersion.objects.exclude(service=service).count() == 0


def edited(service, *days_ago):
    """A version of this listing from each of these days, the oldest first."""
    made = [
        ListingVersion(service=service, way="form", state={"day": days}, made_at=_before(days))
        for days in days_ago
    ]
    for version in made:
        version.save()
    return made


def _before(days):
    return timezone.now() - datetime.timedelta(days=days)


def left():
    return set(ListingVersion.objects.values_list("pk", flat=True))


def test_versions_of_three_years_ago_are_deleted_but_the_newest_of_each(town, settings):
    busy, quiet = make_service(town), make_service(town)
    known(busy, quiet)
    _first, *kept = edited(busy, settings.VERSION_DAYS + 1, settings.VERSION_DAYS - 1, 1)
    _older, newest = edited(quiet, settings.VERSION_DAYS + 9, settings.VERSION_DAYS + 8)
    call_command("purge_versions", verbosity=0)
    assert left() == {version.pk for version in (*kept, newest)}


def test_the_history_of_one_listing_is_cleared_at_once(town, capsys, monkeypatch):
    monkeypatch.setattr(purge_versions, "AT_ONCE", 2)
    service, other = make_service(town), make_service(town)
    known(service, other)
    *_older, newest = edited(service, 5, 4, 3, 2, 1)
    kept = edited(other, 5, 4)
    call_command("purge_versions", listing=service.slug)
    assert capsys.readouterr().out == "deleted versions: 4\n"
    assert left() == {version.pk for version in (*kept, newest)}
    with pytest.raises(CommandError, match="no listing with this slug"):
        call_command("purge_versions", listing="nowhere")


@pytest.mark.parametrize("days", ["-1", "99999999999"])
def test_days_that_are_none_delete_nothing(town, days):
    service = make_service(town)
    known(service)
    edited(service, 3, 2, 1)
    with pytest.raises(CommandError, match="--days is a number from 0 to 36500"):
        call_command("purge_versions", f"--days={days}")
    assert len(left()) == 3
