"""One form, two editors; what is asked before something is lost; and a strict policy on every page."""

import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from services import consequences, history
from services.models import Confirmation, Service
from tests.factories import make_city, make_service
from tests.pages import TELLING_WORDS
from tests.people import browser_of
from tests.services.test_admin import change_page, form_of

pytestmark = pytest.mark.django_db

SEALED = ("+32 2 555 08 43", "555 08 43", "canary-lane", "Canaryville", "canary-note", "51.2345")


@pytest.fixture
def town():
    return make_city("harbourtown")


@pytest.fixture
def service(town):
    return make_service(
        town,
        name="Quay House",
        phones=["+32 2 555 01 01", "+32 2 555 01 02"],
        opening_hours="Mo-Fr 09:00-17:00",
        needs=["shelter"],
        groups=["families"],
    )


def two_browsers(town, service):
    """Two editors with the same form open: (browser, form) of each."""
    browsers = browser_of("editor", town), browser_of("editor", town)
    return [(b, form_of(b.get(change_page(service)))) for b in browsers]


def test_what_only_one_of_two_editors_touched_is_merged(town, service):
    (first, one), (second, two) = two_browsers(town, service)
    one |= {"website": "https://lamp.example/", "phones-0-number": "+32 2 555 01 88"}
    one |= {"phones-1-DELETE": "on", "needs": ["shelter", *one_more_need()]}
    assert first.post(change_page(service), one).status_code == 302
    two |= {"email": "desk@lamp.example", "phones-0-note": "Reception"}
    two |= {"phones-TOTAL_FORMS": "3", "phones-2-number": "+32 2 555 01 99"}
    two |= {"phones-2-visibility": "public", "phones-2-position": "2"}
    told = second.post(change_page(service), two, follow=True).content.decode()
    assert "Saved by somebody else meanwhile, and kept" in told
    again = Service.objects.get()
    assert (again.website, again.email) == ("https://lamp.example/", "desk@lamp.example")
    assert {need.pk for need in again.needs.all()} == {"shelter", "helpline"}
    assert [(p.number, p.note) for p in again.phones.all()] == [
        ("+32 2 555 01 88", "Reception"),
        ("+32 2 555 01 99", ""),
    ]


def one_more_need():
    from tests.factories import make_need

    return [make_need("helpline").pk]


def test_where_both_typed_the_second_is_told_and_chooses(town, service):
    (first, one), (second, two) = two_browsers(town, service)
    one |= {"opening_hours": "Mo-Su 08:00-20:00", "website": "https://lamp.example/"}
    one |= {"phones-0-number": "+32 2 555 01 88"}
    first.post(change_page(service), one)
    two |= {"opening_hours": "Mo-Su 07:00-22:00", "website": "https://other.example/"}
    two |= {"phones-0-number": "+32 2 555 01 77", "cost_note": "Free for all."}
    response = second.post(change_page(service), two)
    told = response.content.decode()
    assert response.status_code == 200
    assert "Somebody has saved this listing meanwhile" in told
    for words in ("Mo-Su 08:00-20:00", "Mo-Su 07:00-22:00", "+32 2 555 01 88", "Free for all."):
        assert words in told
    assert Service.objects.get().opening_hours == "Mo-Su 08:00-20:00"
    form = posted_again(response) | {"_theirs": ["website"]}
    assert second.post(change_page(service), form).status_code == 302
    again = Service.objects.get()
    assert (again.opening_hours, again.website) == ("Mo-Su 07:00-22:00", "https://lamp.example/")
    assert again.phones.first().number == "+32 2 555 01 77"
    assert again.safe_translation_getter("cost_note") == "Free for all."


def posted_again(response):
    """What a browser would send back of a form that was shown again."""
    found = Sent()
    found.feed(response.content.decode())
    return found.values


class Sent(HTMLParser):
    """The values of a page's form, read as a browser does."""

    def __init__(self):
        super().__init__()
        self.values, self._select, self._area = {}, None, None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("name")
        if tag == "input" and name and "__prefix__" not in name:
            ticked = attrs.get("type") in ("checkbox", "radio")
            if ticked and "checked" not in attrs:
                return
            self.values.setdefault(name, []).append(attrs.get("value", "on" if ticked else ""))
        if tag == "select":
            self._select = name
        if tag == "option" and "selected" in attrs and self._select:
            self.values.setdefault(self._select, []).append(attrs.get("value", ""))
        if tag == "textarea" and name and "__prefix__" not in name:
            self._area = name
            self.values[name] = [""]

    def handle_data(self, data):
        if self._area:
            self.values[self._area][0] += data.removeprefix("\n")

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._area = None


def test_a_row_that_was_removed_meanwhile_comes_back_only_if_it_is_wanted(town, service):
    (first, one), (second, two) = two_browsers(town, service)
    first.post(change_page(service), one | {"phones-0-DELETE": "on"})
    two |= {"phones-0-number": "+32 2 555 01 77"}
    response = second.post(change_page(service), two)
    assert "removed" in response.content.decode()
    assert second.post(change_page(service), posted_again(response)).status_code == 302
    numbers = {phone.number for phone in service.phones.all()}
    assert numbers == {"+32 2 555 01 02", "+32 2 555 01 77"}


def test_a_form_without_what_it_showed_is_shown_again(town, service):
    browser = browser_of("editor", town)
    form = form_of(browser.get(change_page(service))) | {"email": "desk@lamp.example"}
    for base in ("", "forged", form["_base"] + "x"):
        response = browser.post(change_page(service), form | {"_base": base})
        assert "opened in another way" in response.content.decode()
        assert "desk@lamp.example" in response.content.decode()
    assert Service.objects.get().email == ""


@pytest.fixture
def finder(monkeypatch):
    def find(city, before, after):
        if before and (after is None or "shelter" not in {need.code for need in after.needs}):
            yield "nobody at night would be left"

    monkeypatch.setattr(consequences, "_finders", [find])


def test_what_an_edit_takes_away_is_said_before_it_is_saved(town, service, finder):
    """And everything typed goes to that page and back."""
    browser = browser_of("editor", town)
    form = form_of(browser.get(change_page(service)))
    form |= {"status": "withdrawn", "email": "desk@lamp.example", "phones-0-note": "Reception"}
    asked = browser.post(change_page(service), form)
    assert "nobody at night would be left" in asked.content.decode()
    assert Service.objects.get().status == "published"
    assert not Service.objects.get().versions.exists()
    carried = posted_again(asked)
    back = browser.post(change_page(service), carried | {"_back": "1"})
    assert "Nothing is saved yet" in back.content.decode()
    assert Service.objects.get().status == "published"
    kept = posted_again(back)
    assert (kept["email"], kept["phones-0-note"]) == (["desk@lamp.example"], ["Reception"])
    saved = browser.post(change_page(service), carried | {"_anyway": "1"}, follow=True)
    assert len(saved.context["messages"]) == 1
    again = Service.objects.get()
    assert (again.status, again.email) == ("withdrawn", "desk@lamp.example")
    # What takes nothing away is not asked about.
    form = form_of(browser.get(change_page(service)))
    saved = browser.post(change_page(service), form | {"email": ""}, follow=True)
    assert len(saved.context["messages"]) == 1
    assert Service.objects.get().email == ""


def test_withdrawing_from_the_list_asks_too(town, service, finder):
    browser = browser_of("editor", town)
    page = reverse("admin:services_service_changelist")
    action = {"action": "withdraw", "_selected_action": [str(service.pk)]}
    asked = browser.post(page, action)
    assert "nobody at night would be left" in asked.content.decode()
    assert Service.objects.get().status == "published"
    browser.post(page, posted_again(asked) | {"_anyway": "1"})
    assert Service.objects.get().status == "withdrawn"


def test_what_was_overwritten_is_no_longer_confirmed_and_what_was_checked_is(town, service):
    for group in ("contact", "hours"):
        Confirmation.objects.create(service=service, field_group=group, by="organization")
    browser = browser_of("editor", town)
    form = form_of(browser.get(change_page(service)))
    form |= {"opening_hours": "24/7", "checked": ["hours"], "checked_how": "by phone"}
    assert browser.post(change_page(service), form).status_code == 302
    found = service.confirmations.values_list("field_group", "by", "how")
    assert set(found) == {("contact", "organization", ""), ("hours", "city", "by phone")}


def every_page(service):
    """Every page of the administration that a listing is on, and every list and form."""
    things = {
        "service": service,
        "location": service.sites.first().location,
        "organization": service.organization,
        "city": service.cities.first(),
        "need": service.needs.first(),
        "targetgroup": service.target_groups.first(),
        "country": service.country,
    }
    yield reverse("admin:index")
    yield reverse("admin:services_service_history", args=[service.pk])
    for model, thing in things.items():
        for name in ("changelist", "add"):
            yield reverse(f"admin:services_{model}_{name}")
        yield reverse(f"admin:services_{model}_changelist") + "?q=canary"
        for name in ("change", "delete"):
            yield reverse(f"admin:services_{model}_{name}", args=[thing.pk])
    for model in ("partnerkey", "webhook"):
        for name in ("changelist", "add"):
            yield reverse(f"admin:services_{model}_{name}")


def test_every_page_keeps_the_strict_policy_and_says_nothing_sealed(town, service):
    """No inline script or style, the way out on each, a neutral title, and no canary."""
    from services.models import Location

    phone = {"number": "+32 2 555 08 43", "visibility": "sealed"}
    sealed = make_service(
        town,
        name="canary-note house",
        visibility="sealed",
        organization="Canaryville organisation",
        sealed_note="canary-note",
        phones=[phone],
        place={"street": "canary-lane 9", "town": "Canaryville", "latitude": 51.2345},
    )
    service.phones.create(**phone)
    service.sealed_note = "canary-note"
    service.save()
    place = {"street": "canary-lane 9", "town": "Canaryville", "visibility": "sealed"}
    service.sites.create(location=Location.objects.create(**place))
    history.settle()
    opened = 0
    for role in ("editor", "network", "administrator"):
        browser = browser_of(role, None if role == "network" else town)
        addresses = [*every_page(service), change_page(sealed)]
        for address in addresses:
            response = browser.get(address)
            text = response.content.decode()
            if role != "administrator":
                assert not [word for word in SEALED if word in text.replace("?q=canary", "")]
            if response.status_code == 200:
                opened += 1
                check_frame(response, text)
    assert opened > 40


def check_frame(response, text):
    policy = response.headers["Content-Security-Policy"]
    assert "style-src-attr 'unsafe-inline'" in policy
    assert policy.count("unsafe") == 1
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert not re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text)
    assert not re.findall(
        r"<style|\son\w+=\"|javascript:|https?://(?!lamp\.example)[^\"' ]*\.js", text
    )
    assert 'class="leave"' in text
    title = re.search(r"<title>(.*?)</title>", text, re.S)[1].casefold()
    assert title.strip()
    assert not [word for word in TELLING_WORDS if word in title]


def test_no_other_page_has_the_looser_policy(client):
    assert "unsafe" not in client.get("/").headers["Content-Security-Policy"]


def test_a_list_costs_the_same_for_more_listings(town, service, django_assert_max_num_queries):
    browser = browser_of("editor", town)
    page = reverse("admin:services_service_changelist")
    for _number in range(8):
        make_service(town)
    with django_assert_max_num_queries(25):
        assert browser.get(page).status_code == 200
