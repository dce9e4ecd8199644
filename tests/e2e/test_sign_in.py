"""A new administrator, from the mail to the first confirmed listing, with what each page offers and no more."""

import re
import secrets
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.e2e.guide import leave_page_by, tab_to
from tests.e2e.signing_in import sign_in
from tests.e2e.test_pages import DESK, PHONE, barriers, overflow, window

PASSWORD = "three plain words"
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/accounts/invitation/\S+/)")
#: The fewest presses with which it can be done; more is a page that asks for too much.
MOST_PRESSES = 7
PERIOD_SECONDS = 30


@pytest.fixture(scope="module")
def keepers_session(session_of):
    return session_of("administrator", "brussels")


@pytest.fixture
def invited(open_browser, keepers_session, site, site_log):
    """A function that invites a new administrator by the page of people: their address, their link."""

    def invite():
        address = f"newcomer-{secrets.token_hex(4)}@example.org"
        keeper = open_browser(**window(DESK))
        sign_in(keeper, keepers_session)
        page = keeper.page
        keeper.open("/office/brussels/")
        leave_page_by(page, page.get_by_role("link", name="People", exact=True).click)
        page.fill("#id_email", address)
        page.select_option("#id_role", "administrator")
        leave_page_by(page, page.get_by_role("button", name="Send the invitation").click)
        assert address in page.get_by_role("status").inner_text()
        return address, LINK.findall(site_log.read_text())[-1]

    return invite


class Newcomer:
    """Somebody who has never been here: does what the main button or link says, and counts."""

    def __init__(self, visit):
        self.visit, self.page, self.presses, self.found = visit, visit.page, 0, []
        self.started = time.monotonic()

    def press(self, name, role="button"):
        self.look()
        leave_page_by(self.page, self.page.get_by_role(role, name=name).first.click)
        self.presses += 1

    def look(self):
        """Note what would be in somebody's way on this page."""
        heading = self.page.locator("h1").inner_text()
        in_the_way = [*barriers(self.page), *["too wide"] * (overflow(self.page) > 0)]
        self.found += [f"{heading}: {one}" for one in in_the_way]

    def accept(self, link):
        self.visit.open(link)
        self.page.fill("#id_name", "Robin Newcomer")
        self.page.fill("#id_password", PASSWORD)
        self.press("Accept and continue")

    def confirm_a_listing(self):
        """From the office's first page: the first task, the first listing of it, its parts, done."""
        self.page.get_by_role("heading", name="Brussels today").wait_for()
        self.press(re.compile("out of date"), "link")
        self.press(re.compile("^Look:"), "link")
        # All of it: one part of this listing may have been confirmed by somebody else just before.
        for part in self.page.locator("input[name=groups]").all():
            part.check()
        self.press("Still right")
        assert "is confirmed" in self.page.get_by_role("status").inner_text()


def passkey_of(visit, **has):
    """Give the browser an authenticator of its own, such as a telephone's fingerprint reader."""
    devices = visit.context.new_cdp_session(visit.page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = devices.send("WebAuthn.addVirtualAuthenticator", {"options": options | has})
    return devices, made["authenticatorId"]


def code_of(secret):
    """What a code generator shows now; never one that is about to change."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD_SECONDS))


@pytest.fixture
def at_localhost(site):
    """Passkeys belong to a name, never to a number."""
    return site.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_from_the_mail_to_a_confirmed_listing_with_a_passkey(
    open_browser, invited, at_localhost, width, scheme
):
    _address, link = invited()
    visit = open_browser(at=at_localhost, **window(width, color_scheme=scheme))
    devices, authenticator = passkey_of(visit)
    newcomer = Newcomer(visit)
    newcomer.accept(link)
    newcomer.press("Set up a passkey", "link")
    newcomer.press("Make the passkey")
    assert len(visit.page.locator(".codes li").all()) >= 8
    newcomer.press(re.compile("to your office"), "link")
    newcomer.confirm_a_listing()
    assert newcomer.presses <= MOST_PRESSES
    assert time.monotonic() - newcomer.started < 60
    kept = devices.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})
    assert len(kept["credentials"]) == 1
    # And in again, with the passkey alone.
    leave_page_by(visit.page, visit.page.get_by_role("button", name="Sign out").first.click)
    visit.open("/office/")
    newcomer.press("Sign in with a passkey")
    assert visit.path == "/office/brussels/"
    assert newcomer.found == []
    assert visit.complaints == []
    assert visit.foreign == []


def test_a_passkey_that_fails_says_so_and_the_other_way_is_one_press_away(
    open_browser, invited, at_localhost
):
    _address, link = invited()
    visit = open_browser(at=at_localhost, **window(PHONE))
    passkey_of(visit, isUserVerified=False)
    newcomer = Newcomer(visit)
    newcomer.accept(link)
    newcomer.press("Set up a passkey", "link")
    visit.page.get_by_role("button", name="Make the passkey").click()
    trouble = visit.page.get_by_role("alert")
    trouble.wait_for()
    assert "code generator" in trouble.inner_text()
    newcomer.press("Set up a code generator instead", "link")
    assert visit.page.locator(".secret").count() == 1
    assert newcomer.found == []


def with_a_code_generator(newcomer, link):
    """Go the whole way to the office; the secret and the recovery codes."""
    page = newcomer.page
    newcomer.accept(link)
    newcomer.press("Set up a code generator", "link")
    secret = page.locator(".secret").inner_text()
    page.fill("#id_code", code_of(secret))
    newcomer.press("Switch it on")
    codes = page.locator(".codes code").all_inner_texts()
    newcomer.press(re.compile("to your office"), "link")
    return secret, codes


def sign_out_and_in(newcomer, address):
    """To the page of the second step."""
    page = newcomer.page
    leave_page_by(page, page.get_by_role("button", name="Sign out").first.click)
    newcomer.visit.open("/office/")
    page.fill("#id_login", address)
    page.fill("#id_password", PASSWORD)
    newcomer.press(re.compile("^Sign in$"))


def test_with_a_code_generator_and_a_recovery_code(open_browser, invited):
    address, link = invited()
    visit = open_browser(**window(PHONE))
    page, newcomer = visit.page, Newcomer(visit)
    newcomer.accept(link)
    newcomer.press("Set up a code generator", "link")
    # A wrong code: the same secret still stands there, to be tried again.
    secret = page.locator(".secret").inner_text()
    page.fill("#id_code", "000000")
    newcomer.press("Switch it on")
    assert page.title().startswith("Error:")
    assert page.locator(".secret").inner_text() == secret
    page.fill("#id_code", code_of(secret))
    newcomer.press("Switch it on")
    codes = page.locator(".codes code").all_inner_texts()
    newcomer.press(re.compile("to your office"), "link")
    newcomer.confirm_a_listing()
    assert newcomer.presses <= MOST_PRESSES + 1
    # In again: a wrong code is refused in words, a recovery code opens, once.
    sign_out_and_in(newcomer, address)
    page.fill("#id_code", "000000")
    newcomer.press(re.compile("^Sign in$"))
    assert page.title().startswith("Error:")
    assert page.locator(".field-error:visible").count() == 1
    page.fill("#id_code", codes[0])
    newcomer.press(re.compile("^Sign in$"))
    assert visit.path == "/office/brussels/"
    sign_out_and_in(newcomer, address)
    page.fill("#id_code", codes[0])
    newcomer.press(re.compile("^Sign in$"))
    assert page.title().startswith("Error:")
    assert newcomer.found == []
    assert visit.foreign == []


def test_it_can_be_done_by_keyboard_alone(open_browser, invited):
    _address, link = invited()
    visit = open_browser(**window(DESK))
    page = visit.page

    def go(selector, key="Enter"):
        tab_to(page, selector)
        leave_page_by(page, lambda: page.keyboard.press(key))

    visit.open(link)
    tab_to(page, "#id_name")
    page.keyboard.type("Robin Newcomer")
    tab_to(page, "#id_password")
    page.keyboard.type(PASSWORD)
    go("main button.button")
    go("main a[href$='/codes/activate/']")
    secret = page.locator(".secret").inner_text()
    tab_to(page, "#id_code")
    page.keyboard.type(code_of(secret))
    go("main button.button")
    go("main a.button")
    # Other tests leave other things to do.
    go(".tasks a[href*='/listings/']")
    go('a[href*="/confirm/"]')
    tab_to(page, "input[name=groups]")
    page.keyboard.press("Space")
    go("form:has(input[name=groups]) > .button")
    assert "is confirmed" in page.get_by_role("status").inner_text()


IDLE = """
from accounts.middleware import SEEN
from accounts.session_store import SessionStore
session = SessionStore({key!r})
session[SEEN] = 0
session.save()
print("idle")
"""


def test_what_is_sent_after_the_session_ended_is_not_lost(open_browser, invited, site_shell):
    address, link = invited()
    visit = open_browser(**window(PHONE))
    page, newcomer = visit.page, Newcomer(visit)
    _secret, codes = with_a_code_generator(newcomer, link)
    newcomer.press(re.compile("out of date"), "link")
    newcomer.press(re.compile("^Look:"), "link")
    page.locator("input[name=groups]").first.check()
    key = next(c["value"] for c in visit.context.cookies() if c["name"] == "sessionid")
    assert site_shell(IDLE.format(key=key)) == "idle"
    newcomer.press("Still right")
    assert "signed out" in page.locator("h1").inner_text()
    newcomer.press("Sign in and go on", "link")
    page.fill("#id_login", address)
    page.fill("#id_password", PASSWORD)
    newcomer.press(re.compile("^Sign in$"))
    page.fill("#id_code", codes[0])
    newcomer.press(re.compile("^Sign in$"))
    newcomer.press("Send it now")
    assert "is confirmed" in page.get_by_role("status").inner_text()
    assert newcomer.found == []


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_whoever_leaves_closes_their_account_by_keyboard(open_browser, session_of, width, scheme):
    visit = open_browser(**window(width, color_scheme=scheme))
    sign_in(visit, session_of("editor", "brussels"))
    page = visit.page
    visit.open("/accounts/second-step/")
    tab_to(page, 'a[href="/accounts/close/"]')
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    assert "editor" in page.locator("main li").first.inner_text()
    tab_to(page, "#id_sure")
    page.keyboard.press("Space")
    tab_to(page, "main form button")
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    # Signed in without a password so far: one proves who one is, and need not tick again.
    page.fill("#id_password", "long and plain 1")
    leave_page_by(page, lambda: page.keyboard.press("Enter"))
    assert page.locator("h1").inner_text() == "Your account is closed"
    assert barriers(page) == []
    assert overflow(page) <= 0
    visit.open("/office/brussels/")
    assert visit.path == "/accounts/login/"
    assert visit.complaints == []
