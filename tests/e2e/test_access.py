"""Read aloud, at 400 % zoom, in the reader's own colours, without motion."""

import os
import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.e2e.guide import answers_until_plan, leave_page_by
from tests.pages import CITY, GUIDE, PLAN

#: A window of 1280 by 1024 at 400 % (WCAG 2.2, 1.4.10 and 2.4.11).
ZOOMED = {"viewport": {"width": 320, "height": 256}}
FORCED = {"viewport": {"width": 360, "height": 740}, "forced_colors": "active"}
MOST_TABS = 200
WALKS = Path(__file__).with_name("walks")

#: What covers most of the focused thing, or nothing.
COVERED_BY = """() => {
    const focused = document.activeElement;
    const box = (focused.closest("label") || focused).getBoundingClientRect();
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    if (right - left < 1 || bottom - top < 1) return `outside the window: ${focused.outerHTML}`;
    const points = [0.1, 0.5, 0.9].map((y) => [left + (right - left) / 2, top + (bottom - top) * y]);
    const own = (seen) => seen && (seen === focused || focused.contains(seen) || seen.contains(focused));
    const seen = points.map(([x, y]) => document.elementFromPoint(x, y));
    return seen.some(own) ? "" : `${focused.outerHTML} under ${seen[1] && seen[1].outerHTML}`;
}"""


def covered(page):
    """The things that Tab comes to and that something else then covers entirely."""
    found = []
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return found
        hidden = page.evaluate(COVERED_BY)
        if hidden:
            found.append(hidden[:300])
    raise AssertionError("Tab never came to an end")


@pytest.mark.parametrize("address", [f"{GUIDE}danger/", PLAN, f"/{CITY}/services/", f"/{CITY}/"])
def test_at_400_percent_nothing_covers_what_has_the_focus(open_browser, address):
    visit = open_browser(**ZOOMED)
    visit.open(address)
    assert covered(visit.page) == []


def test_at_400_percent_the_question_is_in_the_first_window_but_one(open_browser):
    """The head of the page leaves room: the question is not pushed away by it."""
    visit = open_browser(**ZOOMED)
    visit.open(f"{GUIDE}danger/")
    top = visit.page.locator("h1").bounding_box()["y"]
    assert top < 2 * ZOOMED["viewport"]["height"]


def border_of(locator):
    return locator.evaluate("e => getComputedStyle(e).borderTopWidth")


def test_in_forced_colours_a_chosen_answer_differs_in_more_than_colour(open_browser):
    visit = open_browser(**FORCED)
    visit.open(f"{GUIDE}danger/")
    first, second = visit.page.locator(".choice").nth(0), visit.page.locator(".choice").nth(1)
    first.click()
    assert border_of(first) != border_of(second)


def test_in_forced_colours_buttons_and_calls_keep_an_outline(open_browser):
    visit = open_browser(**FORCED)
    visit.open(GUIDE)
    answers_until_plan(visit)
    for selector in (".leave", "a.call", ".notice"):
        assert border_of(visit.page.locator(selector).first) == "2px", selector


def test_nothing_moves_by_itself(visit):
    for address in ("/", f"{GUIDE}danger/", PLAN):
        visit.open(address)
        assert visit.page.evaluate("document.getAnimations().length") == 0


def test_no_stylesheet_moves_anything_for_those_who_asked_for_less():
    """Whatever moves stands inside `prefers-reduced-motion: no-preference`."""
    for path in settings.BASE_DIR.glob("static/*.css"):
        free = re.sub(
            r"@media \(prefers-reduced-motion: no-preference\) \{.*?\n\}",
            "",
            path.read_text(),
            flags=re.S,
        )
        assert not re.search(
            r"\b(animation|transition)(-[a-z]+)?:|@keyframes|scroll-behavior: smooth", free
        ), path.name


def check(name, read):
    """Compare what a screen reader is given with the text kept in `walks/`; WRITE_WALKS=1 writes it anew."""
    path = WALKS / f"{name}.txt"
    if os.environ.get("WRITE_WALKS") == "1":
        path.write_text(read)
    assert path.read_text() == read, (
        f"What is read aloud has changed; if it is meant, put it into {path.name}:\n{read}"
    )


def spoken(page):
    """What stands between head and foot as an assistive technology is given it, without addresses."""
    lines = page.locator("main").aria_snapshot().splitlines()
    return "\n".join(line for line in lines if "- /url:" not in line)


def test_a_screen_reader_walks_the_guide(visit):
    visit.open(GUIDE)
    pages = []
    answers_until_plan(
        visit, at_each=lambda: pages.append(f"== {visit.path}\n{spoken(visit.page)}\n")
    )
    check("guide", "\n".join(pages))


def test_a_screen_reader_reads_a_plan(visit):
    """The plan of a practice case: its moment stands still, and no listing of a city changes it."""
    visit.open("/learn/practice/after-the-last-bus/guide/danger/")
    visit.page.get_by_role("radio", name="Not this minute").check()
    leave_page_by(visit.page, visit.page.get_by_role("button", name="Show what there is now").click)
    check("plan", f"{spoken(visit.page)}\n")
