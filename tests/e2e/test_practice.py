"""A learner in a real browser: one case walked wrong on purpose, seen why, and put right."""

import io

import pypdf
import pytest

from learning.practice import city
from tests.e2e.guide import CHOICE, CONTINUE, MOST_QUESTIONS, leave_page_by, tab_to
from tests.e2e.test_pages import DESK, PHONE, SMALLEST, barriers, overflow, window
from tests.learning.practice.walker import reviewed

CODE = "the-cough"
HERE = f"/learn/practice/{CODE}/"
PLAN, COMPARISON = f"{HERE}guide/plan/", f"{HERE}compare/"
INDEX = "/learn/practice/"
#: Nobody asked about the neck.
WRONG = reviewed(CODE) | {"signs": {}}
SAME, DIFFER = "Your plan is the reviewed one", "Your plan and the reviewed one differ"
MOST_ARROWS = 12


def press(page, selector):
    """Go to something by keyboard and press Enter, which opens another page."""
    tab_to(page, selector)
    leave_page_by(page, lambda: page.keyboard.press("Enter"))


def pick(page, fact, key):
    """Choose one row by keyboard: a box by Tab, a button of a group by arrows."""
    row = f'input[name="{fact}"][value="{key}"]'
    if page.locator(f'{row}[type="checkbox"]').count():
        tab_to(page, row)
        page.keyboard.press("Space")
        return
    tab_to(page, f'input[name="{fact}"]')
    page.keyboard.press("Space")
    for _press in range(MOST_ARROWS):
        if page.locator(f"{row}:checked").count():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{fact} = {key} cannot be chosen by keyboard")


def answer(page, given):
    """Answer the question on the page by keyboard; with nothing to say, go on or say so."""
    for fact, keys in given.items():
        for key in keys:
            pick(page, fact, key)
    skip = page.locator("button[name=skip]").count() and not given
    press(page, "button[name=skip]" if skip else CONTINUE)


def walk(visit, given):
    """From the scene to the plan by keyboard."""
    for _question in range(MOST_QUESTIONS):
        if visit.path == PLAN:
            return
        answer(visit.page, given.get(visit.path.rstrip("/").split("/")[-1], {}))
    raise AssertionError(f"no plan after {MOST_QUESTIONS} questions; still at {visit.path}")


def heading(page):
    return page.locator("h1").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_case_walked_wrong_is_explained_and_put_right_by_keyboard(open_browser, scripts):
    visit = open_browser(**window(DESK, java_script_enabled=scripts))
    page = visit.page
    visit.open(INDEX)
    press(page, f"a[href='{HERE}']")
    press(page, "main a.button")
    walk(visit, WRONG)
    language = f"{HERE}guide/language/"
    press(page, f"#better a[href='{language}']")
    answer(page, WRONG["language"])
    press(page, f"main a[href='{COMPARISON}']")
    assert heading(page) == DIFFER
    why = page.locator(".why-row")
    assert why.count() == 1
    said = why.inner_text()
    assert "You left it open." in said
    assert "In the scene: “pressed my neck with his arm”" in said
    assert "“Urgent medical care” is missing in your plan." in said
    press(page, f".why-row a[href='{HERE}guide/signs/']")
    answer(page, reviewed(CODE)["signs"])
    assert visit.path == PLAN
    press(page, f"main a[href='{COMPARISON}']")
    assert heading(page) == SAME
    assert page.locator(".differs").count() == 0
    assert visit.foreign == []
    assert visit.complaints == []


def walked(open_browser, **wishes):
    """A visitor who has answered three questions by clicking and looks at the comparison."""
    visit = open_browser(**wishes)
    visit.open(f"{HERE}guide/danger/")
    for _question in range(3):
        visit.page.locator(CHOICE).first.click()
        leave_page_by(visit.page, visit.page.locator(CONTINUE).click)
    visit.open(COMPARISON)
    return visit


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_the_comparison_has_no_barrier(open_browser, width, scheme):
    visit = walked(open_browser, **window(width, color_scheme=scheme))
    assert heading(visit.page) == DIFFER
    assert barriers(visit.page) == []


def test_two_plans_stand_side_by_side_only_where_there_is_room(open_browser):
    visit = walked(open_browser, **window(SMALLEST))
    mine, theirs = (visit.page.locator(".two-plans > section").nth(n) for n in (0, 1))
    for width in (SMALLEST, 799, 800, DESK):
        visit.page.set_viewport_size({"width": width, "height": 740})
        assert overflow(visit.page) <= 0
        is_beside = mine.bounding_box()["y"] == theirs.bounding_box()["y"]
        assert is_beside == (width >= 800), width


def test_the_scene_is_within_reach_on_a_question(visit):
    visit.open(f"{HERE}guide/danger/")
    scene = visit.page.locator(".scene-fold .scene")
    assert not scene.is_visible()
    tab_to(visit.page, ".scene-fold summary")
    visit.page.keyboard.press("Enter")
    assert scene.is_visible()


def test_what_was_done_is_marked_on_this_device_and_can_be_forgotten(open_browser):
    visit = walked(open_browser, **window(PHONE))
    page = visit.page
    visit.open(INDEX)
    marks = page.locator(".done:visible")
    assert marks.count() == 1
    assert marks.get_attribute("data-case") == CODE
    tab_to(page, "#practice-forget")
    page.keyboard.press("Enter")
    assert marks.count() == 0
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("document.activeElement.id") == "practice-forgotten"
    assert page.locator("#practice-forgotten").inner_text() == "Your progress is forgotten."
    visit.open(INDEX)
    assert marks.count() == 0
    assert visit.complaints == []


def test_leaving_forgets_what_was_done_and_answered(open_browser):
    visit = walked(open_browser, **window(PHONE))
    assert visit.page.evaluate("localStorage.length") == 1
    leave_page_by(visit.page, visit.page.locator("a.leave").click)
    visit.open(INDEX)
    assert visit.page.evaluate("localStorage.length") == 0
    assert visit.page.locator(".done:visible").count() == 0
    assert [cookie["name"] for cookie in visit.context.cookies(visit.site)] == []


def test_without_scripts_the_cases_have_no_marks_and_no_button(open_browser):
    visit = walked(open_browser, **window(PHONE, java_script_enabled=False))
    visit.open(INDEX)
    assert visit.page.locator(".done:visible, #practice-forget:visible").count() == 0


def test_a_case_is_two_sheets_of_paper_and_a_group_two_each(visit):
    for address, cases in [
        (f"{HERE}print/", 1),
        *((f"{INDEX}print/{group}/", number) for group, number in _numbers().items()),
    ]:
        visit.open(address)
        paper = pypdf.PdfReader(io.BytesIO(visit.page.pdf(format="A4")))
        texts = [page.extract_text() for page in paper.pages]
        assert len(texts) == 2 * cases, address
        assert all("What the guide asks" in text for text in texts[::2])
        assert all("Why this is the plan" in text for text in texts[1::2])


def _numbers():
    groups = [case.group for case in city.all_cases().values()]
    return {group: groups.count(group) for group in groups}
