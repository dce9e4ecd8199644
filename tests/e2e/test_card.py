"""The card for the person, made on the worker's device."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.guide import leave_page_by, tab_to
from tests.pages import GUIDE

CARD = f"{GUIDE}card/"
RECORD = """() => {
  window.drawn = [];
  const fill = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    window.drawn.push([text, this.direction]);
    return fill.call(this, text, ...rest);
  };
}"""


def in_language(visit, tag):
    visit.open(CARD)
    visit.page.select_option("#card-language", tag)
    button = visit.page.get_by_role("button", name="Use this language")
    leave_page_by(visit.page, button.click)


def numbers(page):
    return [
        found.inner_text() for found in page.locator(".card-number").all() if found.is_visible()
    ]


def test_what_is_not_ticked_is_not_on_the_card(visit):
    visit.open(CARD)
    page = visit.page
    assert len(numbers(page)) == 1
    page.check("#line-2")
    assert len(numbers(page)) == 2
    page.uncheck("#line-1")
    page.uncheck("#card-hours")
    assert len(numbers(page)) == 1
    assert not page.locator(".card-hours").first.is_visible()
    assert not page.locator(".card-name").first.is_visible()


def test_choosing_sends_nothing(visit):
    visit.open(CARD)
    visit.page.wait_for_load_state("networkidle")
    asked = []
    visit.page.on("request", lambda request: asked.append(request.url))
    for box in visit.page.locator("input[type=checkbox]").all():
        box.click()
    with visit.page.expect_download() as saved:
        visit.page.get_by_role("button", name="Save as a picture").click()
    assert saved.value.suggested_filename == "numbers.png"
    assert [url for url in asked if not url.startswith("blob:")] == []


def test_the_picture_keeps_numbers_from_left_to_right(visit):
    in_language(visit, "ar")
    page = visit.page
    page.evaluate(RECORD)
    with page.expect_download():
        page.get_by_role("button", name="Save as a picture").click()
    number = numbers(page)[0].strip().replace(" ", "\u00a0")
    assert [f"\u2066{number}\u2069", "rtl"] in page.evaluate("window.drawn")


def test_only_the_card_is_printed(visit):
    visit.open(CARD)
    visit.page.emulate_media(media="print")
    assert visit.page.locator("#card").is_visible()
    for hidden in ("h1", ".top", ".bottom", ".banner", ".card-tools", "#line-1", ".card-language"):
        assert not visit.page.locator(hidden).first.is_visible(), hidden


def test_a_card_is_made_by_keyboard_alone_and_without_scripts(open_browser):
    visit = open_browser(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    visit.open(CARD)
    page = visit.page
    tab_to(page, "#line-2")
    page.keyboard.press("Space")
    assert len(numbers(page)) == 2
    assert not page.get_by_role("button", name="Save as a picture").is_visible()


@pytest.mark.parametrize("tag", ["ar", "ti", "de"])
def test_a_card_has_no_barrier_and_is_not_too_wide(open_browser, tag):
    visit = open_browser(viewport={"width": 320, "height": 740})
    in_language(visit, tag)
    found = Axe().run(visit.page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [f"{v['id']}: {node['html']}" for v in found for node in v["nodes"]] == []
    assert visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
