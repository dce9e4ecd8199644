"""No page says a word that translators never see.

Every page is made in a language that does not exist: each message stands in ⟦brackets⟧. What then
has letters outside of them, and is no data, is not marked for translation.
"""

import re
from collections import Counter
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import translation

from learning.practice import city as practice_city
from referrals.card.words import every_language
from referrals.checks import every_pathway
from services import history, webhooks
from services.loading import load
from services.models import City, Need, TargetGroup
from services.translating.origins import origin
from tests.doors import all_doors
from tests.factories import make_city, make_key, make_service
from tests.pages import EVERY_PAGE
from tests.people import browser_of
from tests.referrals.handoff import sending
from tests.referrals.harbour import ADULT, CHILD_ALONE, make_harbour, walk
from tests.services import test_admin_doors
from tests.test_routes import ROUTES, address_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

#: Read in this language, so that English texts which say that they are English stand out.
LANGUAGE = "sv"
#: Words that are the same in every language, or that no translator could change, with the reason.
ALLOWED = {
    # The site's own name (a setting), as templates and mails print it.
    "City services guide",
    # Languages in their own words, so that their speakers find them.
    "English",
    "Français",
    "Nederlands",
    "Deutsch",
    "Italiano",
    "Svenska",
    *(code.upper() for code, _name in settings.LANGUAGES),
    # Kinds of files, and programs that write them.
    "XLSX (Excel, LibreOffice)",
    "CSV",
    # What is searched for on one of the pages.
    "zzzzqqqq",
    # Who published the numbers that the coverage is held against.
    "femcities.at",
}
#: Attributes that are read out or shown.
SHOWN = ("aria-label", "title", "alt", "placeholder", "aria-description", "label", "data-label")
#: What no reader reads as words: styles, drawings' titles are texts and stay.
SILENT = ("script", "style", "code", "pre", "template", "textarea")
WORD = re.compile(r"[^\W\d_]{2,}")


def forget_practice():
    """The practice city keeps its listings in each language that was asked for."""
    for kept in vars(practice_city).values():
        if hasattr(kept, "cache_clear"):
            kept.cache_clear()


@pytest.fixture(autouse=True)
def practice_in_no_language():
    forget_practice()
    yield
    forget_practice()


@pytest.fixture
def pseudo(monkeypatch):
    """Every message in brackets, whoever asks for it."""
    wrapped = "⟦{}⟧".format

    def one(message):
        return wrapped(message) if message else message

    def several(singular, plural, number):
        return wrapped(singular if number == 1 else plural)

    real = translation._trans
    monkeypatch.setattr(real, "gettext", one, raising=False)
    monkeypatch.setattr(real, "ngettext", several, raising=False)
    monkeypatch.setattr(real, "pgettext", lambda _context, message: one(message), raising=False)
    monkeypatch.setattr(real, "npgettext", lambda _context, *said: several(*said), raising=False)


class Shown(HTMLParser):
    """The texts of a page, and what is read out, that claim to be in the page's language."""

    def __init__(self, page):
        super().__init__()
        self.texts = []
        self._open, self._depth = [], 0
        self.feed(page)

    @property
    def _is_silent(self):
        return any(tag in SILENT or other for tag, other in self._open)

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        other = "lang" in said and said["lang"] != LANGUAGE and tag != "html"
        # Names of drawings, which the font shows as icons.
        other = other or "material-symbols" in (said.get("class") or "")
        if not (self._is_silent or other):
            self.texts += [said[name] for name in SHOWN if said.get(name)]
            if tag == "input" and said.get("type") in ("submit", "button"):
                self.texts.append(said.get("value", ""))
            if tag == "meta" and said.get("name") == "description":
                self.texts.append(said.get("content", ""))
        if tag not in VOID:
            self._open.append((tag, other))

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        kept = self._outside(data)
        if not self._is_silent:
            self.texts.append(kept)

    def _outside(self, text):
        """What stands outside of brackets, which may be around several elements."""
        kept = []
        for letter in text:
            self._depth += (letter == "⟦") - (letter == "⟧")
            kept.append(letter if self._depth == 0 else "")
        return "".join(kept).replace("⟧", " ")


VOID = ("area", "br", "col", "hr", "img", "input", "link", "meta", "path", "rect", "circle", "use")


def outside(text):
    """What stands outside of every pair of brackets; a message may hold others."""
    depth, kept = 0, []
    for letter in text:
        depth += (letter == "⟦") - (letter == "⟧")
        kept.append(letter if depth == 0 and letter != "⟧" else " " if letter == "⟧" else "")
    return "".join(kept)


#: Fields with codes: words of them are data only where one stands alone.
NOT_DATA = re.compile(r"code|slug|tag|kind|state|role|stance|visibility|language|status")


def data():
    """Every text that is kept in the database, and what the rules' sources are called; the longest first."""
    found = set()
    for model in apps.get_models():
        names = [
            field.attname
            for field in model._meta.fields
            if isinstance(field, (models.CharField, models.TextField, models.JSONField))
            and not field.choices
            and not NOT_DATA.search(field.name)
        ]
        for row in model._base_manager.values_list(*names) if names else ():
            for value in row:
                found |= set(_texts(value))
    for pathway in every_pathway():
        for one in (*pathway.rules, *pathway.notices):
            found |= {one.review.source.title, one.review.source.publisher}
    found |= {listing.organization for listing in practice_city.listings(LANGUAGE)}
    found |= set(words_of_cards())
    return sorted((text for text in found if WORD.search(text)), key=len, reverse=True)


def words_of_cards():
    """What cards say in every language they have: kept with the card and not in the catalogues."""
    for words in every_language().values():
        yield from (text for text in vars(words).values() if text)
        yield from words.day_names()
        yield f"({words.meaning})"
    yield from ("testserver", "nov.", "Kod ·")


def codes():
    """Codes of the vocabulary and of these tests' own things, which stand alone in tables."""
    return {
        *Need.objects.values_list("code", flat=True),
        *TargetGroup.objects.values_list("code", flat=True),
        *City.objects.values_list("slug", flat=True),
        "quay",  # the code of a passage
        "who",  # the header of a spreadsheet that was uploaded
    }


def _texts(value):
    if isinstance(value, str):
        yield value
        # The lines of a list, in a text of the toolboxes, begin with a dash.
        yield from (line.removeprefix("- ") for line in value.split("\n"))
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


NO_WORDS = re.compile(
    # Addresses of the net and of mails; hours as OpenStreetMap writes them; ids, codes and tags.
    r"\b[A-Z0-9]{3}-[A-Z0-9]{4}\b|https?://\S+|\S+@\S+|/[\w/<>:.?=&-]+|\b(Mo|Tu|We|Th|Fr|Sa|Su|PH)\b|\b[0-9a-f-]{8,}\b|\b\w*\d\w*\b"
)


def unmarked(text, known):
    """The words of a text that nobody can translate."""
    left = outside(text)
    if not WORD.search(NO_WORDS.sub(" ", left)):
        return ""
    for phrase in known:
        if phrase in left:
            left = re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", " ", left)
    left = NO_WORDS.sub(" ", left)
    return " ".join(left.split()) if WORD.search(left) else ""


class Crawl:
    """Opens pages and remembers what they say that nobody can translate."""

    def __init__(self):
        self.found = Counter()
        self.pages = 0
        self._where = {}
        self._known = [*ALLOWED]

    def take(self, address, response):
        if "html" not in response.headers.get("Content-Type", ""):
            return
        self.pages += 1
        self.note(address, Shown(response.content.decode()).texts)

    def note(self, address, texts):
        """What is left is looked at again with what the database holds by now."""
        left = [text for text in texts if unmarked(text, self._known)]
        if left:
            self._known, known = [*ALLOWED, *data()], codes()
            left = [text for text in left if text.strip() not in known]
        for text in filter(None, (unmarked(text, self._known) for text in left)):
            self.found[text] += 1
            self._where.setdefault(text, address)

    def get(self, browser, address):
        headers = {"accept-language": LANGUAGE}
        self.take(address, browser.get(address, headers=headers, follow=True))

    def post(self, browser, address, posted=None):
        headers = {"accept-language": LANGUAGE}
        self.take(address, browser.post(address, posted or {}, headers=headers, follow=True))

    def mails(self, number):
        """What was sent: subjects and bodies."""
        assert len(mail.outbox) >= number
        for message in mail.outbox:
            said = outside(f"{message.subject}\n{message.body}")
            self.note(f"mail: {message.subject}", said.splitlines())

    def check(self, pages):
        assert self.pages >= pages
        assert not self.found, "\n".join(
            f"{self._where[text]}: {text[:160]}" for text, _count in self.found.most_common()
        )


@pytest.fixture
def crawl(pseudo):
    return Crawl()


@pytest.mark.usefixtures("four_cities")
def test_pages_for_everybody(crawl):
    browser = Client()
    for address in EVERY_PAGE.values():
        crawl.get(browser, address)
    crawl.check(len(EVERY_PAGE))


def test_guide(crawl, monkeypatch):
    make_harbour()
    for answers in (ADULT, CHILD_ALONE):
        browser = Client(headers={"accept-language": LANGUAGE})
        walked = walk(browser, answers)
        for question in walked:
            crawl.get(browser, f"/harbour/guide/{question}/")
            crawl.post(browser, f"/harbour/guide/{question}/", {"nothing": "x"})
        crawl.get(browser, "/harbour/guide/plan/")
    crawl.check(20)


@pytest.fixture
def world():
    """As `tests/test_doors.py` and the one of the administration have it, with drafts and older texts."""
    # Else pages name needs by their codes.
    load([settings.BASE_DIR / "fixtures" / "taxonomy.toml"])
    city, other = make_city("harbour"), make_city("faraway", country="IT")
    service = make_service(
        city,
        name="Quay House",
        slug="quay-house",
        groups=["families"],
        summary="Beds.",
        translations={
            "sv": {
                "name": "Kajhuset",
                "summary": "Sängar.",
                "origins": {
                    "summary": origin("en", "Bunks."),
                    "name": origin("en", "Quay House", is_draft=True),
                },
            }
        },
    )
    make_service(city, name="Alarm", needs=["emergency"], opening_hours="24/7")
    history.settle()
    key = make_key()[0]
    return SimpleNamespace(
        city=city,
        other=other,
        service=service,
        other_service=make_service(other, name="Far House", slug="far-house"),
        version=service.versions.get(),
        location=service.sites.get().location,
        organization=service.organization,
        country=city.country,
        need=service.needs.get(),
        targetgroup=service.target_groups.get(),
        partnerkey=key,
        webhook=webhooks.make_webhook(key, "https://hooks.partner.example/hook")[0],
        browsers={who: browser_of(who, city) for who in ("worker", "editor", "administrator")}
        | {
            "network": browser_of("network"),
            "waiting": browser_of("administrator", city, strong=False),
        },
    )


def test_office(crawl, world):
    for name, door in all_doors().items():
        address = reverse(name, args=door.arguments(world)) + door.query
        for who, browser in world.browsers.items():
            if door.get[who] in (200, 302, 403):
                crawl.get(browser, address)
        if door.post.get("administrator") in (200, 400) or door.post.get("network") in (200, 400):
            who = "administrator" if door.post["administrator"] in (200, 400) else "network"
            crawl.post(world.browsers[who], address, door.data(world))
    crawl.check(60)


def test_routes_for_everybody(crawl, world):
    browser = Client()
    for name, (arguments, got, posted) in ROUTES.items():
        address = address_of(name, arguments)
        if name not in ("leave", "language") and got in (200, 302, 404):
            crawl.get(browser, address)
        if posted in (200, 400):
            crawl.post(browser, address)
    crawl.check(20)


#: Addresses of the administration that are no page, or whose rows are not there.
NO_PAGES = {"jsi18n", "login", "logout", "autocomplete", "services_service_revert"}


def test_administration(crawl, world):
    for name, (arguments, got, posted) in test_admin_doors.TABLE.items():
        if name in NO_PAGES:
            continue
        address = reverse(f"admin:{name}", args=arguments(world))
        who = "administrator" if got["administrator"] == 200 else "network"
        if got[who] == 200:
            crawl.get(world.browsers[who], address)
        if posted[who] == 200 and name.endswith("_add"):
            crawl.post(world.browsers[who], address)
    crawl.check(30)


def test_hand_off_and_its_mails(crawl):
    city, service, worker = sending.make_world(with_plan=True)
    referral, link = sending.send(city, service, worker)
    browser = Client()
    crawl.get(browser, link)
    for act in ("accept", "arrived", "nothing"):
        crawl.post(browser, link, {"referral": referral.pk, "do": act})
    sending.post()
    crawl.mails(2)
    crawl.check(4)


def test_invitation_and_its_mails(crawl, world):
    people = reverse("office-people", args=["harbour"])
    crawl.post(
        world.browsers["administrator"], people, {"email": "new@example.org", "role": "worker"}
    )
    link = re.search(r"/accounts/invitation/\S+/", mail.outbox[-1].body)[0]
    invited = Client()
    crawl.get(invited, link)
    crawl.post(invited, reverse("invitation"), {"name": "", "password": "x"})
    crawl.post(Client(), reverse("account_reset_password"), {"email": "nobody@example.org"})
    crawl.mails(1)
    crawl.check(4)
