"""Drafts and older translations carry their mark wherever a listing is shown."""

import html
import re

import pytest
from django.utils import translation
from django.utils.translation import gettext

from services.translating.origins import origin
from tests.factories import make_city, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    city = make_city("harbour")
    made = {
        "name": origin("en", "Lantern House", is_draft=True),
        "summary": origin("en", "Beds for tonight.", is_draft=True),
        "hours_note": origin("en", "Closed in May.", is_draft=False),
        "cost_note": origin("en", "Free.", is_draft=False),
    }
    make_service(
        city,
        slug="lantern",
        name="Lantern House",
        official_name="Huis",
        summary="Beds for tonight.",
        hours_note="Closed in June.",
        phones=[{"number": "112", "note": "ask for Ada"}],
        needs=["shelter"],
        translations={
            "fr": {
                "name": "Maison",
                "summary": "Des lits.",
                "hours_note": "Fermé en mai.",
                "cost_note": "Gratuit.",
                "origins": made,
                "notes": {"ask for Ada": {"text": "demandez Ada", "draft": True}},
            }
        },
    )
    return city


def page(client, address):
    return re.sub(r"\s+", " ", client.get(address).content.decode())


def french(message):
    with translation.override("fr"):
        return html.escape(gettext(message))


def test_listing_says_what_is_drafted_and_what_is_newer(client, city):
    shown = page(client, "/harbour/services/lantern/?lang=fr")
    drafted, draft = french("Drafted by a machine, not yet checked."), french("machine draft")
    assert f'<p>Des lits.</p> <p class="mark">{drafted}' in shown
    assert f'demandez Ada <small class="mark">({draft})</small>' in shown
    newer = shown.partition("Fermé en mai.")[2]
    older = french("This is an older translation. The newer text is in %(language)s.")
    assert older.partition("%")[0] in newer
    assert newer.index(older.partition("%")[0]) < newer.index('<p lang="en">Closed in June.</p>')
    # Taken out in English since.
    gone = french("This is an older translation. The text is no longer there in %(language)s.")
    assert gone.partition("%")[0] in shown.partition("Gratuit.")[2]


def test_english_page_has_no_mark(client, city):
    shown = page(client, "/harbour/services/lantern/?lang=en")
    assert 'class="mark"' not in shown
    # A translation of what was taken out stands in for nothing.
    assert "Gratuit" not in shown
    assert 'class="mark"' not in page(client, "/harbour/services/?lang=en")


def test_list_marks_drafts(client, city):
    shown = page(client, "/harbour/services/?lang=fr")
    assert f'Des lits. <small class="mark">({french("machine draft")})</small>' in shown
    some = "Some of these texts were drafted by a machine. No speaker has checked them yet."
    assert french(some) in shown


def test_text_in_another_language_than_the_page_says_so(client, city):
    assert '<p lang="en">Beds for tonight.</p>' in page(
        client, "/harbour/services/lantern/?lang=sv"
    )
