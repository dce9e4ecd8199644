"""Two browsers, a worker's and a service's: from the plan to "we can take them", without an account there."""

import re
import time

import pytest

from tests.e2e.guide import leave_page_by, tab_to
from tests.e2e.signing_in import sign_in
from tests.e2e.test_pages import DESK, PHONE, barriers, overflow, window

CITY = "brussels"
#: A shelter of the city gets an address for mails: those of the fixtures are nobody's to write to.
PREPARE = """
from services.models import Organization, Service
from services.visibility import Audience
shown = Service.objects.visible_to(Audience.PUBLIC).filter(cities__slug="brussels", needs="shelter")
for service in shown:
    service.email = "desk@lantern.example"
    service.save()
print(shown.count())
"""
#: Without the language that the mail was written in.
LINK = re.compile(r"https?://[^/\s]+(/handoff/[^?\s]+)")
LONGEST_SECONDS = 60


@pytest.fixture(scope="module")
def workers_session(session_of):
    # An address in which no line may break.
    return session_of("worker", CITY, length=60)


@pytest.fixture(scope="module")
def shelters(site_shell):
    return int(site_shell(PREPARE))


def press(page, name, role="button", **how):
    leave_page_by(page, page.get_by_role(role, name=name, **how).first.click)


def sound(page):
    """Nothing in anybody's way on this page."""
    return [*barriers(page), *["too wide"] * (overflow(page) > 0)]


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_from_the_plan_to_can_take(
    open_browser, workers_session, shelters, site_log, width, scheme
):
    assert shelters
    worker = open_browser(**window(width, color_scheme=scheme))
    sign_in(worker, workers_session)
    receiver = open_browser(**window(PHONE))
    page, found = worker.page, []
    worker.open(f"/{CITY}/guide/danger/")
    walk_to_shelter(page)
    started = time.monotonic()
    found += sound(page)
    press(page, re.compile("^Refer them here"))
    found += sound(page)
    page.locator("#id_consent").check()
    press(page, re.compile("^(Send it|Make the code)$"))
    found += sound(page)
    code = page.locator("h1 code").inner_text()
    link = LINK.findall(site_log.read_text())[-1] + "?lang=en"
    # The one who receives has no account, and no cookie.
    receiver.open(link)
    assert code in receiver.page.locator("main").inner_text()
    found += sound(receiver.page)
    press(receiver.page, "We can take them")
    assert receiver.page.locator("h1").inner_text() == "They can take the person"
    page.reload()
    assert page.locator("main h2").first.inner_text() == "They can take the person"
    assert time.monotonic() - started < LONGEST_SECONDS
    found += sound(page)
    found += sound(receiver.page)
    assert receiver.context.cookies() == []
    assert found == []
    assert worker.foreign == receiver.foreign == []
    assert worker.complaints == receiver.complaints == []
    assert code not in site_log.read_text()


def walk_to_shelter(page):
    """Answer until the plan, asking for a safe night."""
    for _question in range(15):
        if page.url.endswith("/plan/"):
            return
        wanted = page.locator("input[value=shelter], input[name=consent][value=yes]")
        # Else "don't know": the last choice, where there is one.
        for one in [*wanted.all(), *page.locator("main .choice input[type=radio]").all()[-1:]][:1]:
            one.check()
        press(page, "Continue")
    raise AssertionError(page.url)


def test_the_receiver_answers_by_keyboard_alone(open_browser, workers_session, shelters, site_log):
    worker, receiver = open_browser(**window(PHONE)), open_browser(**window(PHONE))
    sign_in(worker, workers_session)
    worker.open(f"/{CITY}/guide/danger/")
    walk_to_shelter(worker.page)
    press(worker.page, re.compile("^Refer them here"))
    tab_to(worker.page, "#id_consent")
    worker.page.keyboard.press("Space")
    tab_to(worker.page, ".handoff-form > .button")
    leave_page_by(worker.page, lambda: worker.page.keyboard.press("Enter"))
    page = receiver.page
    receiver.open(LINK.findall(site_log.read_text())[-1] + "?lang=en")
    heights = [b.bounding_box()["height"] for b in page.locator("main button:visible").all()]
    assert min(heights) >= 44
    tab_to(page, "main summary")
    page.keyboard.press("Enter")
    assert barriers(page) == []
    tab_to(page, "button[value=full]")
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    assert "They cannot" in page.locator("h1").inner_text()
    worker.page.reload()
    assert worker.page.get_by_role("heading", name="Plan B").count() == 1
    assert barriers(worker.page) == []
    worker.open("/my-referrals/")
    assert sound(worker.page) == []
