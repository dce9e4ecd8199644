"""One tap on what happened at a door: the next door moves up, here at once and for others as far as it counts."""

import re

import pytest

from tests.e2e.guide import answers_until_plan, leave_page_by, tab_to
from tests.e2e.signing_in import sign_in
from tests.e2e.test_pages import DESK, PHONE, SMALLEST, barriers, overflow, window
from tests.pages import CITY, GUIDE

#: The step that is looked at, with its doors.
STEP = "#legal-advice"
DOORS = f"{STEP} h3, {STEP} .alternative b + a"
ROW = f"{STEP} .card .told-row"


@pytest.fixture(scope="module")
def worker(session_of):
    return session_of("worker", CITY)


def at_plan(visit):
    """A visitor whose plan holds somebody to advise on the law."""
    visit.open(GUIDE)
    assert answers_until_plan(visit, pick=_wanted) > 0
    return visit.page


def _wanted(choices):
    """The answer to choose: advice on the law where it is offered, else yes, else the last."""
    page = choices.page
    for value in ("legal-advice", "yes"):
        found = page.locator(f".choice:has(input[value={value}])")
        if found.count():
            return found.first
    return choices.last


def opened(page):
    """The step unfolded, as a reader would."""
    folded = page.locator(f"{STEP} > details:not([open]) > summary")
    if folded.count():
        folded.click()
    return page


def doors(page):
    return opened(page).locator(DOORS).all_inner_texts()


def tap(page, kind):
    leave_page_by(page, opened(page).locator(f"{ROW} button[value={kind}]").click)


def take_back(page):
    leave_page_by(page, opened(page).locator(f"{STEP} button[value=take-back]").click)


@pytest.mark.parametrize("scripts", [True, False])
def test_one_tap_makes_plan_b_plan_a_and_one_more_takes_it_back(open_browser, scripts):
    page = at_plan(open_browser(**window(PHONE, java_script_enabled=scripts)))
    before = doors(page)
    assert len(before) > 1
    tap(page, "no-answer")
    assert doors(page)[0] == before[1]
    said = page.locator(f"{STEP} .said").inner_text()
    assert before[0] in said
    # The name of a need has no business in the history of the browser.
    assert re.search(r"/plan/#step-\d+$", page.url)
    take_back(page)
    assert doors(page) == before
    assert page.locator(".said").count() == 0


def test_what_a_stranger_said_moves_no_other_plan(open_browser):
    page = at_plan(open_browser(**window(PHONE)))
    before = doors(page)
    tap(page, "full")
    other = at_plan(open_browser(**window(PHONE)))
    assert doors(other) == before
    told = other.locator(f"{STEP} .card .told").inner_text()
    assert told.startswith("Full, told less than an hour ago by somebody without an account")


def test_what_a_worker_said_moves_every_plan_until_they_take_it_back(open_browser, worker):
    visit = open_browser(**window(DESK))
    sign_in(visit, worker)
    page = at_plan(visit)
    before = doors(page)
    tap(page, "full")
    other = at_plan(open_browser(**window(PHONE)))
    assert doors(other)[0] == before[1]
    assert "Full, told less than an hour ago by a worker" in other.locator(STEP).text_content()
    take_back(page)
    other.reload()
    assert doors(other) == before


@pytest.mark.parametrize(
    ("width", "scheme"), [(PHONE, "light"), (DESK, "dark"), (SMALLEST, "dark")]
)
@pytest.mark.parametrize("kind", ["connected", "refused", "full"])
def test_no_barrier_and_nothing_too_small_after_a_tap(open_browser, width, scheme, kind):
    visit = open_browser(**window(width, color_scheme=scheme))
    page = at_plan(visit)
    assert barriers(opened(page)) == []
    tap(page, kind)
    for fold in page.locator(f"{STEP} details.happened > summary").all():
        fold.click()
    assert barriers(page) == []
    assert overflow(page) <= 0
    targets = page.locator(".told-row button:visible, .told-row summary:visible")
    assert targets.count() > 4
    assert min(target.bounding_box()["height"] for target in targets.all()) >= 44
    assert visit.complaints == []
    assert visit.foreign == []


def test_it_is_told_by_keyboard_alone_and_the_buttons_name_the_door(open_browser):
    visit = open_browser(**window(DESK))
    page = at_plan(visit)
    before = doors(page)
    button = f"{ROW} button[value=refused]"
    tab_to(page, button)
    assert page.locator(button).inner_text().startswith("Refused")
    name = re.compile(rf"Refused ?: {re.escape(before[0])}")
    named = page.locator(ROW).get_by_role("button", name=name)
    assert named.count() == 1
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    tab_to(page, f"{STEP} .said button[value=language]")
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    assert "Why: no common language." in page.locator(f"{STEP} .said").inner_text()
    take_back(page)


def test_it_reads_from_right_to_left_and_is_not_printed(open_browser):
    page = at_plan(open_browser(**window(PHONE)))
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert overflow(opened(page)) <= 0
    page.emulate_media(media="print")
    assert page.locator(".told-row:visible").count() == 0
