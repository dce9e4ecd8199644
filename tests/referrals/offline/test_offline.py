"""What a device may keep of a city: what everybody may read, whoever asks, and nothing else."""

import datetime
import json

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from referrals.offline import stock
from services.keeping import shown
from services.models import Service, Shown
from services.visibility import Visibility
from tests import factories
from tests.people import browser_of
from tests.referrals.harbour import MONDAY, make_harbour
from tests.test_promises import Elements, policy_of

pytestmark = pytest.mark.django_db

CANARY = "quokka4"
#: Beginnings and parts of addresses that hold what somebody answered, sent or may see alone.
NEVER = (
    "guide",
    "plan",
    "/api/",
    "/office/",
    "/admin/",
    "/accounts/",
    "report",
    "referral",
    "learn",
    "leave",
)


@pytest.fixture
def harbour():
    with time_machine.travel(MONDAY, tick=False):
        city = make_harbour()
        for visibility in (Visibility.PROFESSIONAL, Visibility.SEALED):
            factories.make_service(
                city, name=CANARY, slug=f"{CANARY}-{visibility}", visibility=visibility
            )
        factories.make_service(city, name=CANARY, slug=f"{CANARY}-draft", status="draft")
        quay = Service.objects.get(official_name="Quay House")
        quay.professional_note = quay.sealed_note = CANARY
        quay.save()
        yield city


def to_keep(client, **headers):
    response = client.get(reverse("offline-list", args=["harbour"]), headers=headers)
    assert response.status_code == 200
    return response.json()


def test_every_public_listing_is_on_the_list_and_every_page_of_them(client, harbour):
    pages = to_keep(client)["pages"]
    public = Service.objects.filter(visibility="public", status="published")
    assert public.count() > 5
    for service in public:
        assert reverse("service", args=["harbour", service.slug]) in pages
    for name in ("city", "sheet", "services", "offline", "no-line"):
        assert reverse(name, args=["harbour"]) in pages


def test_a_long_list_is_kept_to_its_last_page(client, harbour):
    for number in range(20):
        factories.make_service(harbour, slug=f"more-{number}", name=f"More {number}")
    services = reverse("services", args=["harbour"])
    numbered = [page for page in to_keep(client)["pages"] if page.startswith(f"{services}?")]
    assert [client.get(page).status_code for page in numbered] == [200] * len(numbered)
    following = f"{services}?page={len(numbered) + 1}"
    assert client.get(following).status_code == 400


def test_what_is_kept_leads_to_no_list_page_that_is_not(client, harbour):
    for number in range(25):
        factories.make_service(harbour, slug=f"more-{number}", name=f"More {number}")
    pages = set(to_keep(client)["pages"])
    services = reverse("services", args=["harbour"])
    for page in [one for one in pages if one.startswith(services) and not one.count("/") > 3]:
        links = Elements(client.get(page).content.decode()).all("a")
        turns = [a["href"] for a in links if a.get("rel") in ("prev", "next")]
        assert turns
        assert {services + turn for turn in turns} <= pages


def test_nothing_that_was_answered_or_sent_is_on_the_list(client, harbour):
    stock_ = to_keep(client)
    assert len(set(stock_["pages"])) == len(stock_["pages"])
    assert [page for page in stock_["pages"] for word in NEVER if word in page] == []


@pytest.mark.parametrize("role", ["worker", "editor", "administrator"])
def test_the_list_is_the_same_for_everybody(client, harbour, role):
    somebody = browser_of(role, harbour)
    page = somebody.get(reverse("offline", args=["harbour"]))
    assert "Sign out" in page.content.decode()
    assert to_keep(somebody) == to_keep(client)


def test_no_kept_page_holds_what_is_not_for_everybody_or_sets_a_cookie(client, harbour):
    found = to_keep(client)
    assert CANARY not in json.dumps(found)
    for page in found["pages"]:
        response = client.get(page, headers={"purpose": "prefetch"})
        assert response.status_code == 200, page
        assert CANARY not in response.content.decode(), page
        assert not response.cookies, page


def test_the_canary_would_be_seen(harbour):
    """A worker's own page shows what the test above looks for."""
    worker = browser_of("worker", harbour)
    page = worker.get(reverse("service", args=["harbour", _quay().slug]))
    assert CANARY in page.content.decode()


def _quay():
    return Service.objects.get(official_name="Quay House")


def test_what_kept_pages_load_is_kept_as_well(client, harbour):
    found = to_keep(client)
    loaded = set()
    for page in found["pages"]:
        elements = Elements(client.get(page).content.decode())
        loaded.update(script["src"] for script in elements.all("script"))
        loaded.update(link["href"] for link in elements.all("link"))
    assert loaded == set(found["parts"])


def test_a_kept_page_has_what_the_worker_changes(client, harbour):
    """It puts its line after the first header and its class first into the body's."""
    for page in to_keep(client)["pages"]:
        html = client.get(page).content.decode()
        assert html.count('<body class="') == 1, page
        assert '<header class="top">' in html.partition("</header>")[0], page


def test_fetching_to_keep_is_not_counted_as_shown(client, harbour):
    address = reverse("service", args=["harbour", _quay().slug])
    client.get(address, headers={"purpose": "prefetch"})
    shown.flush()
    assert not Shown.objects.exists()
    client.get(address)
    shown.flush()
    assert Shown.objects.exists()


def test_the_bar_says_when_it_was_kept_and_when_it_goes(client, harbour):
    found = to_keep(client)
    assert "on 23 November 2026 ({age})" in found["bar"]
    assert "goes on 30 November 2026" in found["bar"]
    assert (found["since"], found["until"]) == ("23 November 2026, 11:00", "30 November 2026")
    assert datetime.datetime.fromtimestamp(found["served"] / 1000, datetime.UTC) == MONDAY
    assert found["days"] == 7


def test_the_list_speaks_the_language_that_is_asked_for(client, harbour):
    assert "novembre" in to_keep(client, accept_language="fr")["until"]


def test_the_fingerprint_follows_public_listings_alone(harbour):
    before = stock.fingerprint(harbour, "en")
    elsewhere = factories.make_city("elsewhere")
    factories.make_service(elsewhere, name="Far")
    harbour.refresh_from_db()
    assert stock.fingerprint(harbour, "en") == before
    assert stock.fingerprint(harbour, "fr") != before
    with time_machine.travel(MONDAY + datetime.timedelta(minutes=5), tick=False):
        quay = _quay()
        quay.email = "new@quay.example"
        quay.save()
        harbour.refresh_from_db()
        assert stock.fingerprint(harbour, "en") != before


def test_the_worker_is_a_script_that_no_cache_keeps(client, db):
    response = client.get("/offline.js")
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_one_page_alone_may_start_a_worker_and_this_one_alone(client, harbour):
    for page in to_keep(client)["pages"]:
        policy = policy_of(client.get(page))
        own = page == reverse("offline", args=["harbour"])
        assert policy["worker-src"] == ("testserver/offline.js" if own else "'none'")
        assert policy["script-src"] == "'self'"


def test_first_steps_have_the_windows_of_the_citys_pathway(client, harbour):
    page = client.get(reverse("no-line", args=["harbour"])).content.decode()
    assert "72 hours (3 days)" in page
    assert 'href="tel:112"' in page
    assert 'href="tel:101"' in page


def test_where_nothing_may_be_kept_nothing_speaks_of_it(client, harbour, settings):
    settings.OFFLINE_DAYS = 0
    for name in ("offline", "offline-list", "no-line"):
        assert client.get(reverse(name, args=["harbour"])).status_code == 404
    for page in (
        reverse("city", args=["harbour"]),
        reverse("sheet", args=["harbour"]),
        "/about/privacy/",
    ):
        text = client.get(page).content.decode()
        assert "/offline/" not in text
        assert "on the device for" not in text
    # What is kept already is still deleted in time.
    assert client.get("/offline.js").status_code == 200


def test_days_are_said_as_they_are_set(client, harbour, settings):
    settings.OFFLINE_DAYS = 3
    assert "Keep this city here for 3 days" in client.get("/harbour/offline/").content.decode()
    assert "goes on 26 November 2026" in to_keep(client)["bar"]


def test_a_city_that_is_not_there_cannot_be_kept(client, db):
    for name in ("offline", "offline-list", "no-line"):
        assert client.get(reverse(name, args=["nowhere"])).status_code == 404


def test_default_is_a_week():
    assert settings.OFFLINE_DAYS == 7
