"""Every page of the office and of one's own account: no barriers, no sideways scrolling, all of it by Tab.

What a page does is tried where its part is (`test_keeping.py`, `test_coverage.py`, …); pages that only
exist for one row stand there too. `test_each_page_of_the_office_is_looked_at` names what is left out here.
"""

import re

import pytest
from django.urls import get_resolver, reverse

from tests.doors import all_doors
from tests.e2e.guide import focus_can_be_seen
from tests.e2e.signing_in import sign_in
from tests.e2e.test_pages import DESK, PHONE, SMALLEST, barriers, overflow, window

CITY = "brussels"
OF_A_CITY = [
    "office-city",
    "office-checks",
    "office-proposals",
    "office-people",
    "office-reports",
    "office-told",
    "office-listings",
    "office-coverage",
    "office-minimums",
    "office-statistics",
    "sheets",
    "languages",
    "readiness",
    "legal",
]
OF_ONESELF = [
    "office",
    "account_change_password",
    "account_logout",
    "my-referrals",
    "mfa_index",
    "sessions",
    "account-close",
    "mfa_list_webauthn",
    "mfa_view_recovery_codes",
    "account_reauthenticate",
    "mfa_reauthenticate",
]
OF_THE_NETWORK = [
    "office",
    "network-people",
    "network-languages",
    "join-requests",
    "city-new",
]
#: Looked at by the test of its part, which makes the row that it is about.
ELSEWHERE = {
    "office-confirm": "test_keeping.py",
    "office-publish": "test_keeping.py",
    "office-withdraw": "test_keeping.py",
    "office-preview": "test_keeping.py",
    "office-place": "test_keeping.py",
    "office-coverage-why": "test_coverage.py",
    "office-dead-ends": "test_coverage.py",
    "passages": "test_learn.py",
    "mfa_activate_totp": "test_sign_in.py",
    "mfa_add_webauthn": "test_sign_in.py",
    "account_login": "test_sign_in.py",
    "mfa_authenticate": "test_sign_in.py",
}
#: More things to press than any page has.
MOST_STOPS = 400
#: Marks everything that the Tab key must come to; of a group of radio buttons it is one.
MARK = """() => {
    const groups = new Set();
    for (const one of document.querySelectorAll(
        "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
    )) {
        if (one.disabled || !one.checkVisibility({visibilityProperty: true})) continue;
        if (one.type === "radio") {
            if (groups.has(one.name)) continue;
            groups.add(one.name);
        }
        one.dataset.stop = "waits";
    }
}"""
#: Notes where the focus is; false at the end. A field for a date has several stops of its own.
STEP = """() => {
    const here = document.activeElement, last = document.querySelector("[data-stop=here]");
    if (here === last) return true;
    if (here === document.body || here.dataset.stop === "reached") return false;
    if (last) last.dataset.stop = "reached";
    here.dataset.stop = "here";
    return true;
}"""


@pytest.fixture(scope="module")
def sessions(session_of):
    return {
        "administrator": session_of("administrator", CITY, length=60),
        "network": session_of("network", length=60),
    }


def address_of(name):
    """The address of a page, in the city if it has one."""
    return reverse(name, args=[CITY] if name in OF_A_CITY else [])


def pages(role):
    names = OF_THE_NETWORK if role == "network" else [*OF_A_CITY, *OF_ONESELF]
    return {name: address_of(name) for name in names}


@pytest.fixture
def look(open_browser, sessions):
    """`look(role, width, see)`: page -> what `see(page)` finds wrong there, of those where it does."""

    def looked(role, width, see, **wishes):
        visit = open_browser(**window(width, **wishes))
        sign_in(visit, sessions[role])
        found = {}
        for name, address in pages(role).items():
            visit.open(address)
            if wrong := see(visit.page):
                found[name] = wrong
        assert visit.foreign == []
        return found

    return looked


def test_each_page_of_the_office_is_looked_at():
    """A page is a route that answers somebody with 200 to GET, without a row of its own."""
    routes = get_resolver().reverse_dict
    shown = {name for name, door in all_doors().items() if 200 in door.get.values()}
    plain = {name for name in shown if set(routes.getlist(name)[0][0][0][1]) <= {"city"}}
    files = {name for name in plain if re.search(r"export|template|cells|download|csv", name)}
    fragments = {name for name in plain if name.startswith("office-form-")}
    known = {*OF_A_CITY, *OF_ONESELF, *OF_THE_NETWORK, *ELSEWHERE}
    assert plain - files - fragments - known == set()


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
@pytest.mark.parametrize("role", ["administrator", "network"])
def test_no_page_has_a_barrier(look, role, width, scheme):
    assert look(role, width, barriers, color_scheme=scheme) == {}


@pytest.mark.parametrize("role", ["administrator", "network"])
def test_smallest_window_needs_no_sideways_scrolling(look, role):
    assert look(role, SMALLEST, lambda page: max(overflow(page), 0)) == {}


@pytest.mark.parametrize("role", ["administrator", "network"])
def test_tab_comes_to_everything_and_shows_where_it_is(look, role):
    assert look(role, DESK, unreached) == {}


def unreached(page):
    """What Tab does not come to, or comes to without showing it: the beginnings of their HTML."""
    unseen = []
    page.evaluate(MARK)
    for _press in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if not page.evaluate(STEP):
            break
        if not focus_can_be_seen(page):
            unseen.append(page.evaluate("document.activeElement.outerHTML")[:120])
    missed = page.locator("[data-stop=waits]").all()
    return unseen + [one.evaluate("one => one.outerHTML")[:120] for one in missed]
