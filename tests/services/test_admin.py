"""The administration: it opens, it saves, and who may not see what is sealed sees nothing of it."""

import pytest
from django.urls import reverse

from services.models import City, Location, Service
from tests.factories import make_city, make_service
from tests.people import browser_of

pytestmark = pytest.mark.django_db

PAGES = ["service", "location", "organization", "city", "country", "need", "targetgroup"]
OF_THE_NETWORK = ["city", "country", "need", "targetgroup"]


@pytest.fixture
def town():
    return make_city("harbourtown")


@pytest.fixture
def colleague(town):
    """An editor of the city."""
    return browser_of("editor", town)


@pytest.fixture
def keeper(town):
    """An administrator of the city, who sees what is sealed."""
    return browser_of("administrator", town)


@pytest.fixture
def network():
    """An administrator of the network."""
    return browser_of("network")


def change_page(service):
    return reverse("admin:services_service_change", args=[service.pk])


def form_of(response):
    """What a browser would send back, unchanged."""
    context = response.context
    forms = [context["adminform"].form]
    for formset in context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.initial_forms]
    values = {"_base": context["base"]} if context.get("base") else {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                values[bound.html_name] = value
    return values


@pytest.mark.parametrize("model", PAGES)
def test_every_list_and_every_new_form_opens(keeper, network, town, model):
    make_service(town)
    client = network if model in OF_THE_NETWORK else keeper
    assert client.get(reverse(f"admin:services_{model}_changelist")).status_code == 200
    # A place is added on the form of its listing.
    status = 403 if model == "location" else 200
    assert client.get(reverse(f"admin:services_{model}_add")).status_code == status


def test_a_stranger_is_sent_to_the_login(client):
    response = client.get(reverse("admin:services_service_changelist"))
    assert response.status_code == 302
    assert "login" in response.url


def test_services_are_found_by_name_and_number(keeper, town):
    make_service(town, name="Lantern House", phones=["+32 2 555 01 77"])
    make_service(town, name="Quiet House")
    page = reverse("admin:services_service_changelist")
    for words in ("lantern", "555 01 77"):
        found = keeper.get(page, {"q": words}).content.decode()
        assert "Lantern House" in found
        assert "Quiet House" not in found


def test_an_edit_is_saved_and_noticed(keeper, town):
    service = make_service(town, name="Lantern House")
    version = City.objects.get().version
    form = form_of(keeper.get(change_page(service)))
    response = keeper.post(change_page(service), form | {"official_name": "Lamp House"})
    assert response.status_code == 302
    saved = Service.objects.get()
    assert saved.official_name == "Lamp House"
    assert saved.last_modified > service.last_modified
    assert City.objects.get().version > version


def test_hours_that_cannot_be_read_are_refused(keeper, town):
    service = make_service(town)
    form = form_of(keeper.get(change_page(service)))
    response = keeper.post(change_page(service), form | {"opening_hours": "mornings"})
    assert "These hours cannot be read" in response.content.decode()


def test_making_a_service_with_an_open_place_confidential_is_refused_on_the_page(keeper, town):
    service = make_service(town)
    form = form_of(keeper.get(change_page(service)))
    response = keeper.post(change_page(service), form | {"confidential": "on"})
    assert response.status_code == 200
    assert "one of its places is not sealed" in response.content.decode()
    assert not Service.objects.get().confidential


def test_opening_the_place_of_a_confidential_service_is_refused_on_the_page(keeper, town):
    make_service(town, confidential=True, place={"visibility": "sealed"})
    location = Location.objects.get()
    page = reverse("admin:services_location_change", args=[location.pk])
    form = form_of(keeper.get(page))
    response = keeper.post(page, form | {"visibility": "public"})
    assert "must stay sealed" in response.content.decode()


@pytest.mark.parametrize(
    ("action", "status"), [("publish", "published"), ("withdraw", "withdrawn")]
)
def test_services_are_published_and_withdrawn_from_the_list(keeper, town, action, status):
    service = make_service(town, status="draft")
    version = City.objects.get().version
    page = reverse("admin:services_service_changelist")
    keeper.post(page, {"action": action, "_selected_action": [str(service.pk)]})
    assert Service.objects.get().status == status
    assert City.objects.get().version > version


def test_administrators_see_sealed_notes(keeper, town):
    service = make_service(town, sealed_note="sealed-note-canary")
    assert "sealed-note-canary" in keeper.get(change_page(service)).content.decode()


def test_colleagues_see_nothing_sealed_on_a_service(colleague, town):
    phones = [{"number": "+32 2 555 01 03", "visibility": "sealed"}]
    place = {"visibility": "sealed", "street": "street-canary"}
    service = make_service(town, sealed_note="note-canary", phones=phones, place=place)
    page = colleague.get(change_page(service)).content.decode()
    assert "canary" not in page
    assert "555 01 03" not in page
    assert str(service.sites.get().pk) not in page


def test_a_colleague_who_saves_keeps_what_is_sealed(colleague, town):
    phones = ["+32 2 555 01 01", {"number": "+32 2 555 01 03", "visibility": "sealed"}]
    service = make_service(town, sealed_note="note-canary", phones=phones)
    response = colleague.post(change_page(service), form_of(colleague.get(change_page(service))))
    assert response.status_code == 302
    assert Service.objects.get().sealed_note == "note-canary"
    assert service.phones.filter(visibility="sealed").exists()


def test_colleagues_find_no_sealed_service_or_place(colleague, town):
    service = make_service(town, name="Quiet House", visibility="sealed")
    hidden = make_service(town, place={"visibility": "sealed", "street": "Hidden Lane 7"})
    location = hidden.sites.get().location
    services = colleague.get(reverse("admin:services_service_changelist"))
    assert "Quiet House" not in services.content.decode()
    assert colleague.get(change_page(service)).status_code == 404
    page = reverse("admin:services_location_change", args=[location.pk])
    assert colleague.get(page).status_code == 404
    found = colleague.get(reverse("admin:services_location_changelist"), {"q": "Hidden"})
    assert str(location) not in found.content.decode()


def test_the_list_of_places_shows_no_address(keeper, town):
    make_service(town, place={"street": "street-canary"})
    page = keeper.get(reverse("admin:services_location_changelist"))
    assert "canary" not in page.content.decode()


MODELS_OF_OTHERS = ["service", "location", "organization", "city", "country", "need", "targetgroup"]


def pages_of(service):
    """The page to delete each thing that a service hangs on."""
    things = {
        "service": service,
        "location": service.sites.get().location,
        "organization": service.organization,
        "city": service.cities.get(),
        "country": service.country,
        "need": service.needs.get(),
        "targetgroup": service.target_groups.get(),
    }
    return {
        name: reverse(f"admin:services_{name}_delete", args=[thing.pk])
        for name, thing in things.items()
    }


@pytest.mark.parametrize("model", MODELS_OF_OTHERS)
def test_no_page_to_delete_a_thing_names_a_sealed_service_to_colleagues(colleague, town, model):
    hidden = make_service(
        town,
        name="Quiet House",
        visibility="sealed",
        organization="Lanterns",
        groups=["families"],
        place={},
    )
    open_one = make_service(town, organization="Lanterns", groups=["families"])
    open_one.sites.update(location=hidden.sites.get().location)
    response = colleague.get(pages_of(open_one)[model])
    assert response.status_code == 403
    assert "Quiet House" not in response.content.decode()


@pytest.mark.parametrize("model", MODELS_OF_OTHERS)
def test_administrators_delete(keeper, network, town, model):
    service = make_service(town, groups=["families"])
    client = network if model in OF_THE_NETWORK else keeper
    assert client.get(pages_of(service)[model]).status_code == 200


@pytest.mark.parametrize("model", MODELS_OF_OTHERS)
def test_what_listings_need_is_not_deleted(keeper, network, town, model):
    """Nor is any of them named: how many is enough."""
    service = make_service(town, name="Quiet House", groups=["families"])
    client = network if model in OF_THE_NETWORK else keeper
    page = client.post(pages_of(service)[model], {"post": "yes"}, follow=True).content.decode()
    assert Service.objects.exists() is (model != "service")
    if model != "service":
        assert "1 listings" in page
        assert "Quiet House" not in page


@pytest.mark.parametrize("model", ["organization", "country", "location"])
def test_the_delete_action_of_a_list_names_nothing_to_colleagues(colleague, town, model):
    hidden = make_service(town, name="Quiet House", visibility="sealed", organization="Lanterns")
    open_one = make_service(town, organization="Lanterns")
    open_one.sites.update(location=hidden.sites.get().location)
    things = {
        "organization": open_one.organization,
        "country": open_one.country,
        "location": open_one.sites.get().location,
    }
    action = {"action": "delete_selected", "_selected_action": [str(things[model].pk)]}
    page = colleague.post(reverse(f"admin:services_{model}_changelist"), action, follow=True)
    assert "Quiet House" not in page.content.decode()


def listed(client, model, **parameters):
    """What a list or a search for related things answers."""
    return client.get(reverse(f"admin:services_{model}_changelist"), parameters).content.decode()


def suggested(client, field, words):
    model = {"organization": "service", "location": "serviceatlocation"}[field]
    parameters = {"app_label": "services", "model_name": model, "field_name": field, "term": words}
    return [
        row["text"]
        for row in client.get(reverse("admin:autocomplete"), parameters).json()["results"]
    ]


def test_colleagues_cannot_find_out_a_sealed_number(colleague, keeper, town):
    # Each word of a search is looked for in the slug too, which the factory numbers.
    phones = ["+32 2 555 01 01", {"number": "+32-2-555-0909", "visibility": "sealed"}]
    make_service(town, name="Lantern House", phones=phones)
    assert "Lantern House" in listed(colleague, "service", q="555 01 01")
    assert "Lantern House" not in listed(colleague, "service", q="555-0909")
    assert "Lantern House" in listed(keeper, "service", q="555-0909")


def test_a_service_is_listed_once_though_two_numbers_fit(keeper, town):
    service = make_service(town, phones=["+32 2 555 01 01", "+32 2 555 01 02"])
    assert listed(keeper, "service", q="555").count(change_page(service)) == 1


@pytest.mark.parametrize(
    "lookup",
    [
        "sealed_note__startswith",
        "professional_note__contains",
        "phones__number__contains",
        "organization__services__sealed_note__startswith",
        "visibility__exact",
    ],
)
def test_a_list_is_filtered_by_its_filters_alone(colleague, town, lookup):
    make_service(town, sealed_note="canary")
    page = reverse("admin:services_service_changelist")
    assert colleague.get(page, {lookup: "c"}).status_code == 400


def test_the_filters_of_a_list_work(colleague, town):
    make_service(town, name="Lantern House")
    make_service(town, name="Paper House", status="draft", needs=["helpline"])
    by_status = listed(colleague, "service", status__exact="draft")
    by_city = listed(colleague, "service", city=town.slug)
    by_need = listed(colleague, "service", needs__code__exact="shelter")
    assert ("Lantern House" in by_status, "Paper House" in by_status) == (False, True)
    assert ("Lantern House" in by_city, "Paper House" in by_city) == (True, True)
    assert ("Lantern House" in by_need, "Paper House" in by_need) == (True, False)


def test_places_are_found_by_the_services_that_one_may_know_of(colleague, keeper, town):
    shown = make_service(town, name="Lantern House")
    location = shown.sites.get().location
    sealed = make_service(town, name="Quiet House", visibility="sealed")
    sealed.sites.update(location=location)
    assert str(location) in listed(colleague, "location", q="Lantern")
    assert str(location) not in listed(colleague, "location", q="Quiet")
    assert suggested(colleague, "location", "Lantern") == [str(location)]
    assert suggested(colleague, "location", "Quiet") == []
    assert str(location) in listed(keeper, "location", q="Quiet")


def test_what_belongs_to_sealed_services_alone_is_hidden_with_them(colleague, keeper, town):
    sealed = make_service(town, visibility="sealed", organization="Silent Lamps")
    make_service(town, organization="Lanterns")
    location = sealed.sites.get().location
    assert "Lanterns" in listed(colleague, "organization")
    assert "Silent Lamps" not in listed(colleague, "organization")
    assert suggested(colleague, "organization", "Silent") == []
    assert str(location) not in listed(colleague, "location")
    for model, thing in (("organization", sealed.organization), ("location", location)):
        page = reverse(f"admin:services_{model}_change", args=[thing.pk])
        assert colleague.get(page).status_code == 404
    assert "Silent Lamps" in listed(keeper, "organization")


def test_an_organisation_with_an_open_service_too_is_shown(colleague, town):
    make_service(town, visibility="sealed", organization="Lanterns")
    make_service(town, organization="Lanterns")
    assert "Lanterns" in listed(colleague, "organization")


def test_a_city_that_would_take_an_address_of_the_site_is_refused_on_the_page(network, town):
    page = reverse("admin:services_city_change", args=[town.pk])
    response = network.post(page, form_of(network.get(page)) | {"slug": "leave"})
    assert "is an address of the site" in response.content.decode()
    assert City.objects.get().slug == "harbourtown"
