"""Saving a text says where it comes from: what is a translation, of which text, and what gets older."""

import pytest
from django.utils import timezone

from services import history, reverting, snapshots, vouching
from services.models import Confirmation, Service
from services.projection import project
from services.roles import Standing
from services.translating.origins import origin
from services.visibility import Audience
from tests.factories import make_city, make_service
from tests.people import browser_of
from tests.services.test_admin import change_page, form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    """Lantern House: an English summary, and a machine's draft of it in French."""
    return make_service(
        make_city("harbour"),
        name="Lantern House",
        summary="Beds for tonight.",
        translations={
            "fr": {
                "name": "Maison Lanterne",
                "summary": "Des lits ce soir.",
                "origins": {"summary": origin("en", "Beds for tonight.", is_draft=True)},
            }
        },
    )


def say(service, language, **texts):
    """Save texts as any form does."""
    row = service.translations.filter(language_code=language).first()
    row = row or service.translations.model(master=service, language_code=language, name="x")
    for name, text in texts.items():
        setattr(row, name, text)
    row.save()


def seen(service, language):
    """The listing as a page in this language shows it."""
    found = Service.objects.with_everything().get(pk=service.pk)
    return project(
        found,
        audience=Audience.PUBLIC,
        language=language,
        timezone="Europe/Brussels",
        now=timezone.now(),
    )


def told(service, language, field="summary"):
    """(draft, older, what is newer, in which language) of a text as shown."""
    text = getattr(seen(service, language), field)
    return text.is_draft, text.is_older, text.newer, text.newer_language


FINE = (False, False, "", "")


def test_draft_is_shown_as_one(house):
    assert seen(house, "fr").summary == "Des lits ce soir."
    assert told(house, "fr") == (True, False, "", "")
    assert seen(house, "fr").has_drafts
    assert not seen(house, "en").has_drafts


def test_what_a_person_saves_is_checked(house):
    say(house, "fr", summary="Des lits pour cette nuit.")
    assert told(house, "fr") == told(house, "en") == FINE


def test_saving_without_a_change_checks_nothing(house):
    say(house, "fr", cost_note="Gratuit.")
    assert told(house, "fr")[0]


def test_translation_is_older_once_its_source_changes(house):
    say(house, "en", summary="Beds, but full tonight.")
    assert told(house, "fr") == (True, True, "Beds, but full tonight.", "en")
    assert told(house, "en") == FINE
    assert told(house, "de") == FINE  # English for want of German, and the English is new


def test_translating_again_brings_it_up_to_date(house):
    say(house, "en", summary="Beds, but full tonight.")
    say(house, "fr", summary="Complet ce soir.")
    assert told(house, "fr") == told(house, "en") == FINE


def test_source_that_comes_back_makes_nothing_older(house):
    say(house, "en", summary="Beds, but full tonight.")
    say(house, "en", summary="Beds for tonight.")
    assert told(house, "fr") == (True, False, "", "")


def test_source_that_is_taken_out_is_told(house):
    say(house, "en", summary="")
    assert told(house, "fr") == (True, True, "", "en")


def test_news_in_another_language_makes_the_english_text_older(house):
    say(house, "fr", summary="Des lits pour cette nuit.")
    say(house, "fr", summary="Fermé jusqu’à lundi.")
    assert told(house, "fr") == FINE
    assert told(house, "en") == (False, True, "Fermé jusqu’à lundi.", "fr")
    say(house, "en", summary="Closed until Monday.")
    assert told(house, "en") == told(house, "fr") == FINE
    say(house, "en", summary="Open again.")
    assert told(house, "fr") == (False, True, "Open again.", "en")


def test_third_language_gets_older_with_the_others(house):
    say(house, "nl", summary="Bedden voor vannacht.")
    assert told(house, "nl") == FINE
    say(house, "fr", summary="Des lits pour cette nuit.")
    say(house, "fr", summary="Fermé jusqu’à lundi.")
    assert told(house, "nl") == (False, True, "Fermé jusqu’à lundi.", "fr")


def test_texts_of_before_this_was_kept_get_older_too():
    service = make_service(
        make_city("harbour"),
        summary="Beds.",
        translations={"fr": {"name": "Maison", "summary": "Des lits."}},
    )
    assert told(service, "fr") == FINE
    say(service, "en", summary="No beds.")
    assert told(service, "fr") == (False, True, "No beds.", "en")


def test_taking_a_translation_out_says_nothing_of_the_others(house):
    say(house, "fr", summary="Des lits pour cette nuit.")
    say(house, "fr", summary="")
    assert told(house, "en") == FINE
    assert seen(house, "fr").summary == "Beds for tonight."


def test_official_name_is_no_translation(house):
    Service.objects.filter(pk=house.pk).update(official_name="Maison Lanterne")
    house.refresh_from_db()
    say(house, "en", name="Lantern Refuge")
    assert told(house, "fr", "name") == FINE


def test_text_in_one_language_alone_is_shown_to_all():
    service = make_service(make_city("harbour"), official_language="fr")
    service.translations.all().delete()
    say(service, "fr", name="Maison", summary="Des lits.")
    shown = seen(service, "sv")
    assert (shown.summary, shown.summary.language, shown.summary_language) == (
        "Des lits.",
        "fr",
        "fr",
    )


def test_row_that_was_read_before_knows_no_better(house):
    stale = house.translations.get(language_code="fr")
    say(house, "fr", summary="Des lits pour cette nuit.")
    stale.cost_note, stale.summary = "Gratuit.", "Des lits pour cette nuit."
    stale.save()
    assert told(house, "fr") == FINE


def test_checking_a_translation_leaves_what_was_confirmed(house):
    Confirmation.objects.create(service=house, field_group="rest", by="city")
    with vouching.dropping_overwritten(house.pk):
        say(house, "fr", summary="Des lits pour cette nuit.")
    assert Confirmation.objects.filter(service=house).exists()
    with vouching.dropping_overwritten(house.pk):
        say(house, "fr", summary="Fermé jusqu’à lundi.")
    assert not Confirmation.objects.filter(service=house).exists()


def test_history_keeps_who_checked_and_brings_a_draft_back_as_one(house):
    history.settle()
    say(house, "fr", summary="Des lits pour cette nuit.")
    history.settle()
    page = browser_of("administrator", house.cities.get()).get(
        f"/admin/services/service/{house.pk}/history/"
    )
    assert "Summary (fr)" in page.content.decode()
    first = house.versions.order_by("pk").first()
    reverting.revert(house, first, None, Standing(network=True))
    assert seen(house, "fr").summary == "Des lits ce soir."
    assert told(house, "fr") == (True, False, "", "")


# Notes


def with_notes(**translations):
    return make_service(
        make_city("harbour"),
        phones=[{"number": "112", "note": "ask for Ada"}],
        criteria={"men": {"stance": "asks-first", "note": "by day"}},
        marks=[{"kind": "old", "text": "From 2016."}],
        place={"street": "Quay 1", "note": "blue door"},
        translations={"fr": {"name": "x", "notes": translations}},
    )


def test_notes_are_shown_in_their_translation():
    service = with_notes(
        **{
            "ask for Ada": {"text": "demandez Ada"},
            "by day": {"text": "de jour", "draft": True},
            "From 2016.": {"text": "De 2016."},
            "blue door": {"text": "porte bleue"},
        }
    )
    french = seen(service, "fr")
    assert french.phones[0].note == "demandez Ada"
    assert french.criteria["men"].note == "de jour"
    assert french.criteria["men"].note.is_draft
    assert french.doubts[0].text == "De 2016."
    assert french.place.note == "porte bleue"
    english = seen(service, "nl")
    assert (english.phones[0].note, english.phones[0].note.language) == ("ask for Ada", "en")


def test_changed_note_is_never_shown_in_an_old_translation():
    service = with_notes(**{"ask for Ada": {"text": "demandez Ada"}})
    phone = service.phones.get()
    phone.note = "ask for Bo"
    phone.save()
    assert seen(service, "fr").phones[0].note == "ask for Bo"


def test_note_of_a_sealed_place_is_in_nobodys_history():
    service = with_notes(**{"blue door": {"text": "porte bleue"}, "by day": {"text": "de jour"}})
    state = snapshots.take([service.pk])[service.pk]
    place = service.sites.get().location
    secrets = snapshots.Secrets(locations=frozenset({str(place.pk)}))
    shown = snapshots.without_sealed(state, secrets)
    assert "bleue" in str(state)
    assert "bleue" not in str(shown)
    assert "de jour" in str(shown)


# The form of the administration


def posted(house, **changes):
    """The French page of the form, sent by an administrator with these changes; what it showed."""
    browser = browser_of("administrator", house.cities.get())
    address = f"{change_page(house)}?language=fr"
    page = browser.get(address)
    assert browser.post(address, form_of(page) | changes).status_code == 302
    return page.content.decode()


def test_form_names_what_is_to_be_checked_and_takes_a_yes(house):
    assert "older than what they were made from: Summary" in posted(house)
    assert told(house, "fr")[0]
    posted(house, translation_checked="on")
    assert told(house, "fr") == FINE
    assert "Nothing here is a draft" in posted(house)


def test_form_checks_a_text_that_is_older_and_still_right(house):
    say(house, "fr", summary="Des lits pour cette nuit.")
    say(house, "en", summary="Beds for to-night.")
    assert told(house, "fr")[1]
    posted(house, translation_checked="on")
    assert told(house, "fr") == told(house, "en") == FINE
