"""Walking the guide in a browser: by pointer or by keyboard, with or without scripts."""

from tests.pages import PLAN

#: More questions than the guide may ever have.
MOST_QUESTIONS = 20
MOST_TABS = 120

CHOICE = "main .choice"
CONTINUE = "main button.button:not(.button--quiet)"


def answers_until_plan(visit, at_each=lambda: None, pick=lambda choices: choices.last):
    """Answer each question by clicking, and call `at_each` on it; returns how many there were."""
    page = visit.page
    for asked in range(MOST_QUESTIONS):
        if visit.path == PLAN:
            return asked
        at_each()
        choices = page.locator(CHOICE)
        if choices.count():
            pick(choices).click()
        leave_page_by(page, page.locator(CONTINUE).click)
    raise AssertionError(f"No plan after {MOST_QUESTIONS} questions; still at {visit.path}")


def leave_page_by(page, act):
    with page.expect_navigation():
        act()


def tab_to(page, selector):
    """Press Tab until the first thing that matches has the focus, which must be visible."""
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            assert focus_can_be_seen(page), f"{selector} shows no focus"
            return
    raise AssertionError(f"{selector} cannot be reached with the Tab key")


def focus_can_be_seen(page):
    """Whether the focused thing, or the row around it, is outlined."""
    return page.evaluate(
        """() => {
            const focused = document.activeElement;
            return [focused, focused.closest("label")].some((element) => {
                if (!element) return false;
                const style = getComputedStyle(element);
                return (style.outlineStyle !== "none" && style.outlineWidth !== "0px")
                    || style.boxShadow !== "none";
            });
        }"""
    )
