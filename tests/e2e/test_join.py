"""Asking that a city join, in a browser: by keyboard, without scripts, and without a barrier."""

import pytest

from tests.e2e.guide import leave_page_by, tab_to
from tests.e2e.test_pages import DESK, PHONE, barriers, overflow, window

FORM = "/join/?city=2735943"
EVERY_STEP = {
    "search": "/join/",
    "found": "/join/?name=porto",
    "nothing-found": "/join/?name=zzzzqqqq",
    "form": FORM,
    "there-already": "/join/?city=2800866",
    "sent": "/join/sent/",
}


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_no_step_has_a_barrier_or_is_too_wide(open_browser, width, scheme):
    visit = open_browser(**window(width, color_scheme=scheme))
    found = {}
    for step, address in EVERY_STEP.items():
        visit.open(address)
        found[step] = [*barriers(visit.page), *["too wide"] * (overflow(visit.page) > 0)]
    assert found == {step: [] for step in EVERY_STEP}
    assert visit.foreign == []


def test_a_request_is_sent_by_keyboard_alone(open_browser):
    visit = open_browser(**window(DESK))
    page = visit.page
    visit.open("/join/")
    tab_to(page, "#name")
    page.keyboard.type("Oporto")
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    tab_to(page, "main a.choice")
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    tab_to(page, "#id_organization")
    page.keyboard.type("Quay Network")
    for name in ("kind", "role"):
        tab_to(page, f"input[name={name}]")
        page.keyboard.press("Space")
    tab_to(page, "#id_email")
    page.keyboard.type("ana@example.org")
    # What is forgotten is said, and what was given is still there.
    tab_to(page, "main form button")
    page.evaluate("document.querySelector('main form').noValidate = true")
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    assert page.title().startswith("Error:")
    assert barriers(page) == []
    assert page.input_value("#id_organization") == "Quay Network"
    tab_to(page, "#id_consent")
    page.keyboard.press("Space")
    tab_to(page, "main form button")
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    assert visit.path == "/join/sent/"
    assert visit.foreign == []
