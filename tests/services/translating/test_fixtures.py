"""Translations beside the files of listings: loaded with them, and never over what people wrote."""

import pytest

from services.fixture_shapes import FixtureError
from services.ids import stable_id
from services.models import City, ListingVersion, Service
from services.translating import po
from services.translating.po import Entry
from tests.services.test_loading import Folder
from tests.services.translating.test_weighing import say, seen, told

pytestmark = pytest.mark.django_db

KEY = "lantern-house"


@pytest.fixture
def folder(tmp_path):
    found = Folder(tmp_path)
    (tmp_path / "translations" / "listings").mkdir(parents=True)
    return found


def translate(folder, *texts, language="nl", is_draft=True, key=KEY):
    """Put (source, translation) pairs beside the file of the town."""
    path = folder.path / "translations" / "listings" / f"town.{language}.po"
    po.write(path, language, [Entry(key, source, text, is_draft) for source, text in texts])


def house():
    return Service.objects.get(pk=stable_id("service", KEY))


SUMMARY = ("A bed for a night.", "Een bed voor een nacht.")


def test_translations_come_with_the_listings(folder):
    translate(folder, SUMMARY, ("desk", "balie"), ("Lantern House", "Lantaarnhuis"))
    folder.load()
    shown = seen(house(), "nl")
    assert (shown.name, shown.summary, shown.phones[0].note) == (
        "Lantaarnhuis",
        "Een bed voor een nacht.",
        "balie",
    )
    assert shown.summary.is_draft
    assert shown.phones[0].note.is_draft
    assert "lantaarnhuis" in house().search_text


def test_listing_that_did_not_change_gets_new_translations(folder):
    folder.load()
    before = City.objects.get().version
    translate(folder, SUMMARY)
    counts = folder.load()
    assert str(counts["town"]).endswith("2 unchanged, 0 withdrawn, 1 translated")
    assert seen(house(), "nl").summary == "Een bed voor een nacht."
    assert City.objects.get().version > before


def test_loading_again_changes_nothing(folder):
    translate(folder, SUMMARY, ("desk", "balie"))
    folder.load()
    before, versions = City.objects.get().version, ListingVersion.objects.count()
    assert folder.load()["town"].translated == 0
    assert City.objects.get().version == before
    assert ListingVersion.objects.count() == versions


def test_newer_draft_replaces_a_draft(folder):
    translate(folder, SUMMARY, ("desk", "balie"))
    folder.load()
    translate(folder, (SUMMARY[0], "Bed voor één nacht."), ("desk", "loket"), is_draft=False)
    folder.load()
    shown = seen(house(), "nl")
    assert (shown.summary, shown.phones[0].note) == ("Bed voor één nacht.", "loket")
    assert not shown.has_drafts


def test_what_people_wrote_or_checked_stays(folder):
    translate(folder, SUMMARY, ("desk", "balie"))
    folder.load()
    say(house(), "nl", summary="Slaapplaats.")
    row = house().translations.get(language_code="nl")
    row.notes = {"desk": {"text": "onthaal"}}
    row.origins_stand = True
    row.save()
    translate(folder, (SUMMARY[0], "Anders."), ("desk", "anders"))
    folder.load()
    assert seen(house(), "nl").summary == "Slaapplaats."
    assert seen(house(), "nl").phones[0].note == "onthaal"


def test_changed_english_text_leaves_the_old_translation_marked(folder):
    translate(folder, SUMMARY)
    folder.load()
    folder.house["summary"] = "A bed for a week."
    folder.load()
    assert seen(house(), "nl").summary == "Een bed voor een nacht."
    assert told(house(), "nl") == (True, True, "A bed for a week.", "en")
    translate(folder, ("A bed for a week.", "Een bed voor een week."))
    folder.load()
    assert told(house(), "nl") == (True, False, "", "")


def test_translation_of_what_people_have_changed_is_not_taken(folder):
    folder.load()
    say(house(), "en", summary="No beds at all.")
    translate(folder, SUMMARY)
    folder.load()
    assert seen(house(), "nl").summary == "No beds at all."


def test_official_name_keeps_its_own_language(folder):
    translate(folder, ("Lantern House", "La maison"), language="fr")
    folder.load()
    assert seen(house(), "fr").name == "Maison Lanterne"


@pytest.mark.parametrize(
    ("texts", "language", "said"),
    [
        ([(SUMMARY[0], "Een bed %(x)s")], "nl", "town.nl.po, line .*brackets"),
        ([("Lantern House", "x" * 201)], "nl", "town.nl.po, line .*200 letters"),
        ([SUMMARY], "lb", "town.lb.po.*“lb” is not a language of the site"),
    ],
)
def test_wrong_file_is_refused_and_nothing_is_loaded(folder, texts, language, said):
    translate(folder, *texts, language=language)
    with pytest.raises(FixtureError, match=said):
        folder.load()
    assert not Service.objects.exists()


def test_file_that_is_no_po_file_is_refused(folder):
    (folder.path / "translations" / "listings" / "town.nl.po").write_text("msgid")
    with pytest.raises(FixtureError, match=r"town\.nl\.po, line 1"):
        folder.load()
