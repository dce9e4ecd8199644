"""Texts out to translators and back in: what is in the file, what is refused, what is written."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services.models import ListingVersion, Service
from services.translating import catalogues, po
from services.translating.origins import origin
from services.translating.po import Entry
from tests.factories import make_city, make_service
from tests.people import browser_of
from tests.services.translating.test_weighing import FINE, say, seen, told

pytestmark = pytest.mark.django_db

BASE = "/office/harbour/languages/"


@pytest.fixture
def city():
    return make_city("harbour")


@pytest.fixture
def house(city):
    """A summary drafted in French, hours translated from an older text, two notes, a secret place."""
    return make_service(
        city,
        slug="lantern",
        name="Lantern House",
        summary="Beds for tonight.",
        hours_note="Closed in June.",
        phones=[
            {"number": "112", "note": "ask for Ada"},
            {"number": "113", "note": "back stairs", "visibility": "sealed"},
        ],
        place={"street": "Quay 1", "note": "hidden gate", "visibility": "sealed"},
        translations={
            "fr": {
                "name": "Maison",
                "summary": "Des lits.",
                "hours_note": "Fermé en mai.",
                "origins": {
                    "name": origin("en", "Lantern House"),
                    "summary": origin("en", "Beds for tonight.", is_draft=True),
                    "hours_note": origin("en", "Closed in May."),
                },
            }
        },
    )


@pytest.fixture
def browser(city):
    return browser_of("administrator", city)


def taken_out(browser, language="fr"):
    """Source -> entry of the exported file."""
    response = browser.get(f"{BASE}export/?language={language}")
    assert response.status_code == 200
    return {e.source: e for e in po.parse(response.content, "fr.po").entries}


def looked_at(browser, *entries, language="fr"):
    """The page before anything is written."""
    file = SimpleUploadedFile("fr.po", po.as_text(language, entries).encode())
    return browser.post(f"{BASE}preview/", {"file": file})


def bring_in(browser, *entries, **more):
    """Upload, look, and write; the page that follows."""
    shown = looked_at(browser, *entries).content.decode()
    signed = re.search(r'name="signed" value="([^"]+)"', shown)[1]
    return browser.post(f"{BASE}apply/", {"signed": signed} | more, follow=True)


def entry(source, text, *, is_draft=False, key="lantern"):
    return Entry(key, source, text, is_draft)


def test_file_holds_every_text_and_says_which_need_work(browser, house):
    found = taken_out(browser)
    assert set(found) == {"Lantern House", "Beds for tonight.", "Closed in June.", "ask for Ada"}
    assert not found["Lantern House"].is_draft
    assert found["Beds for tonight."].is_draft
    assert found["Closed in June."].is_draft
    assert found["Closed in June."].previous == "Closed in May."
    assert found["ask for Ada"].text == ""


def test_what_is_sealed_is_in_no_file(browser, house, city):
    make_service(city, name="Quiet House", visibility="sealed", summary="Nobody knows.")
    content = browser.get(f"{BASE}export/?language=fr").content.decode()
    for secret in ("hidden gate", "back stairs", "Nobody knows"):
        assert secret not in content


def test_there_and_back_changes_nothing(browser, house):
    entries = taken_out(browser).values()
    shown = looked_at(browser, *entries)
    assert shown.status_code == 200
    assert 'name="signed"' not in shown.content.decode()


def test_checked_texts_are_written(browser, house, city):
    before = house.cities.get().version
    bring_in(
        browser,
        entry("Beds for tonight.", "Des lits pour cette nuit."),
        entry("Closed in June.", "Fermé en juin."),
        entry("ask for Ada", "demandez Ada"),
    )
    shown = seen(house, "fr")
    assert shown.summary == "Des lits pour cette nuit."
    assert told(house, "fr") == told(house, "fr", "hours_note") == FINE
    assert shown.phones[0].note == "demandez Ada"
    assert not shown.has_drafts
    house.refresh_from_db()
    assert "pour cette nuit" in house.search_text
    assert house.cities.get().version > before
    assert ListingVersion.objects.filter(service=house, way="import").exists()


def test_drafts_stay_drafts_and_replace_drafts_alone(browser, house):
    bring_in(
        browser,
        entry("Beds for tonight.", "Lits, brouillon.", is_draft=True),
        entry("Lantern House", "Autre maison", is_draft=True),
        entry("ask for Ada", "brouillon", is_draft=True),
    )
    shown = seen(house, "fr")
    assert (shown.name, shown.summary) == ("Maison", "Lits, brouillon.")
    assert shown.summary.is_draft
    assert shown.phones[0].note.is_draft


def test_checked_text_is_replaced_only_on_request(browser, house):
    page = looked_at(browser, entry("Lantern House", "Refuge Lanterne")).content.decode()
    assert "Maison" in page
    bring_in(browser, entry("Lantern House", "Refuge Lanterne"))
    assert seen(house, "fr").name == "Maison"
    bring_in(browser, entry("Lantern House", "Refuge Lanterne"), replace="yes")
    assert seen(house, "fr").name == "Refuge Lanterne"


def test_what_changed_after_the_look_is_not_overwritten(browser, house):
    shown = looked_at(browser, entry("Beds for tonight.", "Des lits ce soir.")).content.decode()
    signed = re.search(r'name="signed" value="([^"]+)"', shown)[1]
    say(house, "fr", summary="Relu par quelqu’un.")
    browser.post(f"{BASE}apply/", {"signed": signed})
    assert seen(house, "fr").summary == "Relu par quelqu’un."


def test_translation_of_an_older_english_text_is_left_out_and_said(browser, house):
    page = looked_at(browser, entry("Beds for a week.", "Une semaine."))
    assert page.status_code == 200
    assert "Beds for a week." in page.content.decode()
    assert 'name="signed"' not in page.content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (entry("Beds for tonight.", "Des lits %(x)s"), "brackets"),
        (entry("Lantern House", "x" * 201), "200 letters"),
        (entry("Beds for tonight.", "Des lits", key="far-house"), "no listing of this city"),
    ],
)
def test_one_wrong_row_keeps_everything_out(browser, house, wrong, said):
    make_service(make_city("faraway", country="IT"), slug="far-house", summary="Beds for tonight.")
    page = looked_at(browser, entry("ask for Ada", "demandez Ada"), wrong)
    assert page.status_code == 400
    assert said in page.content.decode()
    assert 'name="signed"' not in page.content.decode()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", po.as_text("lb", []).encode()])
def test_file_that_cannot_be_used_is_refused(browser, house, content):
    file = SimpleUploadedFile("x.po", content)
    assert browser.post(f"{BASE}preview/", {"file": file}).status_code == 400


def test_form_of_somebody_else_writes_nothing(browser, house, city):
    shown = looked_at(browser, entry("ask for Ada", "demandez Ada")).content.decode()
    signed = re.search(r'name="signed" value="([^"]+)"', shown)[1]
    other = browser_of("administrator", city)
    assert other.post(f"{BASE}apply/", {"signed": signed}).status_code == 400
    assert seen(house, "fr").phones[0].note == "ask for Ada"


def test_table_counts_what_is_there(browser, house):
    page = browser.get(BASE).content.decode()
    row = re.search(r'scope="row"><span lang="fr".*?</tr>', page, re.DOTALL)[0]
    assert "language of the city" in row
    assert re.findall(r"(\w+): </span>(\d+)", row) == [
        ("checked", "1"),
        ("drafts", "1"),
        ("older", "1"),
        ("missing", "1"),
    ]


def test_network_sees_each_city(house):
    assert "Harbour" in browser_of("network").get("/network/languages/").content.decode()


def test_network_sees_ten_cities_a_page_and_reads_no_others(house, django_assert_max_num_queries):
    browser = browser_of("network")
    for number in range(10):
        make_city(f"town-{number}", name=f"Town {number}", languages=["en"])
    with CaptureQueriesContext(connection) as of_eleven:
        first = browser.get("/network/languages/").content.decode()
    queries = len(of_eleven)
    second = browser.get("/network/languages/?page=2").content.decode()
    assert ("Town 8" in first, "Town 9" in first) == (True, False)
    assert ("Town 8" in second, "Town 9" in second) == (False, True)
    assert '?page=2" rel="next"' in first
    assert "Page 2 of 2" in second
    for number in range(10):
        make_city(f"zone-{number}")
    with django_assert_max_num_queries(queries):
        browser.get("/network/languages/")


def test_commands_do_the_same(house, tmp_path):
    file, out = tmp_path / "fr.po", io.StringIO()
    call_command("export_translations", city="harbour", language="fr", output=file)
    entries = [
        Entry(e.context, e.source, "demandez Ada" if e.source == "ask for Ada" else e.text, False)
        for e in po.read(file)
    ]
    po.write(file, "fr", entries)
    call_command("import_translations", file, city="harbour", language="fr", stdout=out)
    assert out.getvalue().startswith("3 written, 1 unchanged")
    assert seen(house, "fr").phones[0].note == "demandez Ada"
    po.write(file, "fr", [entry("Beds for tonight.", "%(x)s")])
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("import_translations", file, city="harbour", language="fr")
    with pytest.raises(CommandError, match="no city"):
        call_command("export_translations", city="nowhere", language="fr", output=file)


# Words of the site


@pytest.fixture
def locale(tmp_path, settings):
    settings.LOCALE_PATHS = [tmp_path]
    catalogues.counts.cache_clear()
    catalogues.has_drafts.cache_clear()
    yield tmp_path
    catalogues.counts.cache_clear()
    catalogues.has_drafts.cache_clear()


CATALOGUE = """
#, fuzzy
msgid ""
msgstr ""
"Language: sv\\n"

#: a.py
msgid "one"
msgstr "ett"

#, fuzzy, python-format
msgid "two %(n)s"
msgstr "två %(n)s"

msgid "three"
msgstr ""

msgid "four"
msgid_plural "fours"
msgstr[0] "fyra"
msgstr[1] ""

msgid ""
"long"
msgstr ""
"lång"

#~ msgid "gone"
#~ msgstr ""
"""


def write_catalogue(locale, text):
    folder = locale / "sv" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(text.lstrip())


def test_words_of_the_site_are_counted(locale):
    write_catalogue(locale, CATALOGUE)
    found = catalogues.counts("sv")
    assert (found.checked, found.drafts, found.missing) == (2, 1, 2)


@pytest.mark.parametrize(
    ("text", "language", "is_said"),
    [
        (CATALOGUE, "sv", True),
        (CATALOGUE, "en", False),
        (CATALOGUE.replace(", fuzzy, p", ", p"), "sv", False),
    ],
)
def test_page_says_that_its_language_is_drafted(client, locale, text, language, is_said):
    write_catalogue(locale, text)
    page = client.get(f"/about/privacy/?lang={language}").content.decode()
    assert ("drafted by a machine" in page) is is_said


def test_other_server_learns_what_is_to_be_checked(house, tmp_path):
    """Out as HSDS and in again where the listing is not known."""
    call_command("export_hsds", city="harbour", output=tmp_path / "all.json")
    Service.objects.all().delete()
    call_command("import_hsds", tmp_path / "all.json", city="harbour", restore=True, verbosity=0)
    again = Service.objects.get(slug="lantern")
    assert told(again, "fr") == (True, False, "", "")
    assert told(again, "fr", "hours_note") == (False, True, "Closed in June.", "en")
    assert told(again, "fr", "name") == FINE


def test_api_says_what_is_to_be_checked(client, house):
    body = client.get(f"/api/v1/services/{house.pk}?lang=fr").json()
    assert body["drafted_by_machine"] == ["summary"]
    assert body["older_than_source"] == ["hours_note"]
