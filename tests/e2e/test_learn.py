"""What helps here: from a question and from a step to the passage, and back to the same place."""

import re

import pytest

from tests.e2e.guide import CONTINUE, MOST_QUESTIONS, answers_until_plan, leave_page_by, tab_to
from tests.e2e.signing_in import sign_in
from tests.e2e.test_pages import DESK, PHONE, SMALLEST, barriers, overflow, window
from tests.pages import GUIDE, PLAN

HELP = "button[name=for]"
WAY_BACK = "main .button"
PASSAGE = "/learn/women-girls/#women-cutting"

with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False])


def at_question(visit, value):
    """Go through the guide to the question that offers this answer, and choose it."""
    page = visit.page
    visit.open(f"{GUIDE}danger/")
    for _question in range(MOST_QUESTIONS):
        wanted = page.locator(f".choice:has(input[value={value}])")
        if wanted.count():
            wanted.click()
            return page
        page.locator("main .choice").last.click()
        leave_page_by(page, page.locator(CONTINUE).click)
    raise AssertionError(f"{value} is nowhere offered")


def at_plan(visit):
    """A visitor whose plan has more steps than stand open."""
    visit.open(f"{GUIDE}danger/")
    answers_until_plan(visit, pick=_most)
    return visit.page


def _most(choices):
    for value in ("yes", "family-violence"):
        found = choices.page.locator(f".choice:has(input[value={value}])")
        if found.count():
            return found.first
    return choices.last


def help_at(page, number):
    return page.locator(f"{HELP}[value$=':{number}']")


@with_and_without_scripts
def test_from_a_question_and_back_with_what_was_ticked(open_browser, scripts):
    visit = open_browser(**window(PHONE, java_script_enabled=scripts))
    page = at_question(visit, "woman")
    question = page.url
    leave_page_by(page, page.locator(HELP).click)
    assert visit.path == f"{GUIDE}help/"
    assert page.locator("h1").inner_text() == "Ask how they want to be spoken to"
    leave_page_by(page, page.locator(WAY_BACK).first.click)
    assert page.url == question
    assert page.locator("input[value=woman]").is_checked()
    leave_page_by(page, page.locator(CONTINUE).click)
    assert page.url != question


@with_and_without_scripts
def test_from_the_third_step_and_back_to_it(open_browser, scripts):
    visit = open_browser(**window(PHONE, java_script_enabled=scripts))
    page = at_plan(visit)
    leave_page_by(page, help_at(page, 3).click)
    assert visit.path == f"{GUIDE}help/"
    leave_page_by(page, page.locator(WAY_BACK).first.click)
    assert page.url.endswith(f"{PLAN}#step-3")
    assert in_sight(page, "#step-3")


def test_a_folded_step_is_open_again_and_without_scripts_in_sight(open_browser):
    for scripts in (True, False):
        visit = open_browser(**window(PHONE, java_script_enabled=scripts))
        page = at_plan(visit)
        step = page.locator("li:has(> details > summary #step-4) > details")
        step.locator("> summary").click()
        leave_page_by(page, help_at(page, 4).click)
        leave_page_by(page, page.locator(WAY_BACK).first.click)
        assert in_sight(page, "#step-4")
        assert (step.get_attribute("open") is not None) == scripts
        assert visit.complaints == []


def in_sight(page, selector):
    box = page.locator(selector).bounding_box()
    return box is not None and 0 <= box["y"] <= page.viewport_size["height"]


def test_there_and_back_by_keyboard_alone(open_browser):
    visit = open_browser(**window(DESK))
    page = at_plan(visit)
    tab_to(page, f"{HELP}[value$=':2']")
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    tab_to(page, WAY_BACK)
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    assert page.url.endswith("#step-2")
    # The next stop of the keyboard is in the step, not at the top of the page.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('li').querySelector('#step-2') !== null")


def test_the_step_it_came_from_is_named_to_those_who_listen(visit):
    page = at_plan(visit)
    title = page.locator("#step-1").text_content()
    assert help_at(page, 1).text_content() == f"What helps here: {title}"


@pytest.mark.parametrize("width", [SMALLEST, PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_on_the_page_of_help(open_browser, width, scheme):
    visit = open_browser(**window(width, color_scheme=scheme))
    page = at_plan(visit)
    leave_page_by(page, help_at(page, 1).click)
    for fold in page.locator("main details > summary").all():
        if fold.is_visible():
            fold.click()
    assert barriers(page) == []
    assert overflow(page) <= 0
    assert visit.foreign == []
    assert visit.complaints == []


@with_and_without_scripts
def test_a_link_into_a_toolbox_opens_its_passage(open_browser, scripts):
    visit = open_browser(**window(PHONE, java_script_enabled=scripts))
    visit.open(PASSAGE)
    fold = visit.page.locator("#women-cutting")
    assert (fold.get_attribute("open") is not None) == scripts
    assert in_sight(visit.page, "#women-cutting > summary")


def test_a_toolbox_is_printed_whole_on_few_sheets(visit):
    visit.open("/learn/women-girls/")
    pdf = visit.page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 4
    visit.page.emulate_media(media="print")
    assert visit.page.locator("#women-cutting li, #women-cutting p").first.is_visible()


@pytest.fixture(scope="module")
def keeper(session_of):
    return session_of("network", None, length=60)


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_a_passage_is_edited_and_brought_back_without_a_barrier(
    open_browser, keeper, width, scheme
):
    visit = open_browser(**window(width, color_scheme=scheme))
    sign_in(visit, keeper)
    page = visit.page
    visit.open("/network/learn/")
    assert barriers(page) == []
    assert overflow(page) <= 0
    leave_page_by(page, page.get_by_role("link", name="Between all sides", exact=True).click)
    assert barriers(page) == []
    page.fill("#id_title", f"Between two sides {width}")
    leave_page_by(page, page.get_by_role("button", name="Save").click)
    visit.open("/network/learn/families-yourself/history/")
    assert barriers(page) == []
    assert overflow(page) <= 0
    leave_page_by(page, page.get_by_role("button", name="Bring this version back").last.click)
    visit.open("/network/learn/families-yourself/fr/")
    assert barriers(page) == []
    visit.open("/network/learn/families-yourself/")
    assert page.input_value("#id_title") == "Between all sides"
    assert visit.complaints == []
