"""The administration in a real browser: the form's helpers, two editors at once, history, and what is asked first."""

import re

import pytest

from tests.e2e.guide import leave_page_by, tab_to
from tests.e2e.signing_in import sign_in
from tests.e2e.test_pages import DESK, PHONE, barriers, overflow, window
from tests.pages import SERVICE

ADMIN = "/admin/services/"
LISTINGS = f"{ADMIN}service/"
SAVE = "button[name=_save]"

MAKE = """
from services.models import City
from tests.factories import make_service
brussels = City.objects.get(slug="brussels")
place = {{"street": "Kaai 1", "town": "Brussels", "latitude": 50.85, "longitude": 4.35}}
slug = {name!r}.lower().replace(" ", "-")
made = make_service(brussels, name={name!r}, slug=slug, phones=["+32 2 555 01 77"],
    opening_hours="Mo-Fr 09:00-17:00", needs=["legal-advice"], place=place)
print(made.pk)
"""
FIND = "from services.models import Service; print(Service.objects.get(slug={slug!r}).pk)"


@pytest.fixture(scope="module")
def sessions(session_of):
    roles = ("editor", "editor", "administrator")
    return [session_of(role, "brussels") for role in roles]


@pytest.fixture
def open_admin(open_browser, sessions):
    """A function that opens the administration for one of two editors or an administrator."""

    def opened(who=0, width=DESK, **wishes):
        visit = open_browser(**window(width, **wishes))
        sign_in(visit, sessions[who])
        return visit

    return opened


@pytest.fixture
def make_listing(site_shell):
    """A function that makes a listing with this name; the address of its form."""
    return lambda name: f"{LISTINGS}{site_shell(MAKE.format(name=name))}/change/"


@pytest.fixture(scope="module")
def only_door(site_shell):
    """The address of the form of a listing that people have no other door for."""
    return f"{LISTINGS}{site_shell(FIND.format(slug=SERVICE))}/change/"


def save(page, button=SAVE):
    leave_page_by(page, page.locator(button).click)


def said(page):
    return page.locator("#main").inner_text()


def test_a_new_listing_is_helped_along_while_it_is_typed(open_admin, make_listing):
    there = make_listing("Lantern House of Quays")
    visit = open_admin()
    page = visit.page
    visit.open(f"{LISTINGS}add/")
    page.fill("#id_opening_hours", "Mo-Su 09:00-17:00")
    page.get_by_text("09:00–17:00").first.wait_for()
    page.fill("#id_opening_hours", "whenever")
    page.get_by_text("cannot be read").wait_for()
    # Nothing that only looks like it stops anybody: it is a link to look at.
    page.fill("#id_official_name", "Lantern House of Quay")
    alike = page.locator(".form-help a", has_text="Lantern House of Quays")
    alike.wait_for()
    assert there.split("/")[-3] in alike.get_attribute("href")
    assert barriers(page) == []
    assert visit.complaints == []
    assert visit.foreign == []


def test_a_new_listing_is_previewed_as_each_audience_will_see_it(open_admin):
    visit = open_admin(who=2)
    page = visit.page
    visit.open("/admin/")
    leave_page_by(page, page.locator("#content").get_by_role("link", name="Services").click)
    leave_page_by(page, page.get_by_role("link", name="Add service").click)
    page.fill("#id_name", "Harbour Steps")
    page.fill("#id_official_name", "Harbour Steps asbl")
    page.locator(".field-organization .select2-selection").click()
    page.locator(".select2-search__field").fill("CHU")
    page.get_by_role("option", name="CHU Saint-Pierre", exact=True).click()
    page.select_option("#id_how_to_get_in", index=1)
    page.get_by_label("Legal advice").check()
    page.fill("#id_professional_note", "Ring twice.")
    page.fill("#id_sealed_note", "Behind the bakery.")
    save(page, "button[name=_continue]")
    assert "added successfully" in said(page)
    leave_page_by(page, page.get_by_role("link", name="Preview").click)
    seen = {}
    for audience in ("Everybody", "Vetted workers", "Administrators"):
        leave_page_by(page, page.get_by_role("link", name=audience, exact=True).click)
        text = page.locator("main").inner_text()
        seen[audience] = ["Ring twice." in text, "Behind the bakery." in text]
        assert "nobody sees it yet" in text
        assert barriers(page) == []
    assert seen == {
        "Everybody": [False, False],
        "Vetted workers": [True, False],
        "Administrators": [True, True],
    }


def test_the_form_leads_to_the_pin_and_back(open_admin, make_listing):
    visit = open_admin(width=PHONE)
    page = visit.page
    address = make_listing("Pier Desk")
    visit.open(address)
    leave_page_by(page, page.get_by_role("link", name="Place on the map").click)
    tab_to(page, ".pin-help button")
    page.keyboard.press("ArrowUp")
    moved = page.input_value("#id_latitude")
    assert float(moved) > 50.85
    leave_page_by(page, page.get_by_role("button", name="Save this place").click)
    visit.open(address)
    assert page.input_value("#id_sites-0-latitude") == moved.rstrip("0")


def test_the_second_of_two_editors_is_told_and_loses_nothing(open_admin, make_listing):
    address = make_listing("Two Hands")
    first, second = (open_admin(who=who, width=width) for who, width in ((0, DESK), (1, PHONE)))
    for visit in (first, second):
        visit.open(address)
    first.page.fill("#id_website", "https://first.example/")
    first.page.fill("#id_email", "first@example.org")
    first.page.fill("#id_phones-0-number", "+32 2 555 01 88")
    save(first.page)
    page = second.page
    page.fill("#id_website", "https://second.example/")
    page.fill("#id_hours_note", "Closed in August.")
    save(page)
    notice = page.locator("section.frame-notice")
    assert "Somebody has saved this listing meanwhile" in notice.inner_text()
    assert "https://first.example/" in notice.inner_text()
    assert "https://second.example/" in notice.inner_text()
    assert page.title().startswith("Error:")
    assert barriers(page) == []
    assert overflow(page) <= 0
    assert page.input_value("#id_website") == "https://second.example/"
    # What only the first had typed is there already.
    assert page.input_value("#id_email") == "first@example.org"
    save(page)
    page.goto(address)
    kept = {name: page.input_value(f"#id_{name}") for name in ("website", "email", "hours_note")}
    assert kept == {
        "website": "https://second.example/",
        "email": "first@example.org",
        "hours_note": "Closed in August.",
    }
    assert page.input_value("#id_phones-0-number") == "+32 2 555 01 88"


def test_an_earlier_version_comes_back_with_one_press(open_admin, make_listing):
    visit = open_admin()
    page = visit.page
    address = make_listing("Slack Water")
    for website in ("https://right.example/", "https://wrong.example/"):
        visit.open(address)
        page.fill("#id_website", website)
        save(page)
    visit.open(address)
    leave_page_by(page, page.get_by_role("link", name="History").click)
    assert barriers(page) == []
    latest = page.locator(".frame-list > li").first.inner_text()
    assert "https://wrong.example/" in latest
    assert "https://right.example/" in latest
    assert "@example.org" in latest
    leave_page_by(page, page.get_by_role("button", name="Bring this version back").first.click)
    assert "stands again as it did then" in said(page)
    visit.open(address)
    assert page.input_value("#id_website") == "https://right.example/"


def test_what_people_would_lose_is_said_before_a_listing_goes(open_admin, only_door, site_shell):
    visit = open_admin(who=2, width=PHONE)
    page = visit.page
    visit.open(only_door)
    page.select_option("#id_status", "withdrawn")
    page.fill("#id_hours_note", "Typed before asking.")
    save(page)
    assert "Nothing is saved yet" in said(page)
    assert re.search(r"Brussels: .+ no door|Brussels: Nobody", said(page))
    assert barriers(page) == []
    assert overflow(page) <= 0
    leave_page_by(page, page.get_by_role("button", name="Back to the form").click)
    assert page.input_value("#id_hours_note") == "Typed before asking."
    # Deleting says it too, and the first thing offered is to keep it.
    visit.open(only_door)
    leave_page_by(page, page.get_by_role("link", name="Delete service").click)
    assert "Deleting it would take this away" in said(page)
    assert barriers(page) == []
    leave_page_by(page, page.get_by_role("link", name="Keep it").click)
    assert page.input_value("#id_status") == "published"


def test_a_listing_that_nobody_needs_is_deleted(open_admin, make_listing):
    visit = open_admin(who=2)
    page = visit.page
    visit.open(make_listing("Spare Oar"))
    leave_page_by(page, page.get_by_role("link", name="Delete service").click)
    assert "Spare Oar" in said(page)
    assert "Spare Oar" not in page.title()
    leave_page_by(page, page.get_by_role("button", name="Delete for good").click)
    visit.open(f"{LISTINGS}?q=Spare+Oar")
    assert page.locator("#result_list a", has_text="Spare Oar").count() == 0


def test_a_listing_is_edited_by_keyboard_alone(open_admin, make_listing):
    visit = open_admin()
    page = visit.page
    address = make_listing("Keel Row")
    visit.open(address)
    tab_to(page, "#id_email")
    page.keyboard.press("Control+A")
    page.keyboard.type("desk@keel.example")
    page.locator("#id_checked_how").focus()
    tab_to(page, SAVE)
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    visit.open(address)
    assert page.input_value("#id_email") == "desk@keel.example"


PAGES = ("service/", "service/add/", "organization/", "organization/add/", "location/", "city/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_no_page_has_a_barrier(open_admin, only_door, width, scheme):
    visit = open_admin(who=2, width=width, color_scheme=scheme)
    page, found = visit.page, {}
    history = only_door.replace("/change/", "/history/")
    delete = only_door.replace("/change/", "/delete/")
    for address in ("/admin/", *(ADMIN + name for name in PAGES), only_door, history, delete):
        visit.open(address)
        page.wait_for_load_state("networkidle")
        in_the_way = [*barriers(page), *["too wide"] * (overflow(page) > 0)]
        found |= {address: in_the_way} if in_the_way else {}
    assert found == {}
    assert visit.complaints == []
    assert visit.foreign == []
