"""/learn/: what stands there, in which language, and what is said of its age."""

import datetime

import pytest
from django.utils import translation
from django.utils.translation import gettext

from learning.models import Passage, today
from tests.learning.passages import make_passage

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LEARN, EVERYBODY = "/learn/", "/learn/everybody/"


def page(client, address=EVERYBODY, language="en"):
    response = client.get(f"{address}?lang={language}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_overview_names_groups_with_their_stages_and_what_is_for_oneself(client):
    make_passage("a", group="families", stage="protection", kind="protection")
    make_passage("b", stage="yourself", kind="yourself", title="Breathe out")
    found = page(client, LEARN)
    assert '"/learn/families/#protection"' in found
    assert '"/learn/everybody/#b">Breathe out' in found
    assert "/learn/lgbtqi/" not in found


def test_a_toolbox_holds_its_own_passages_alone(client):
    make_passage("a", group="families", title="For families")
    make_passage("b", title="For all")
    assert "For all" not in page(client, "/learn/families/")
    assert "For families" not in page(client)


def test_without_any_passage_the_pages_stand(client):
    page(client, LEARN)
    assert "Nothing is written here yet" in page(client)


def test_words_to_say_stand_beside_words_to_avoid(client):
    for code, kind in (("a", "say"), ("b", "avoid"), ("c", "opening")):
        make_passage(code, kind=kind, title=f"Title {code}", position=ord(code))
    found = page(client)
    assert found.count("passage-fold") == 2
    assert "Title a · Title b" in found


def test_a_text_is_no_html(client):
    make_passage(body="<b>loud</b>\n\n- <script>x</script>", title="<i>")
    found = page(client)
    assert "<b>loud" not in found
    assert "<script>x" not in found


def test_a_passage_that_is_not_shown_is_nowhere(client):
    make_passage(title="Withdrawn", is_shown=False)
    assert "Withdrawn" not in page(client)
    assert "Withdrawn" not in page(client, LEARN)


@pytest.mark.parametrize(
    ("fields", "language", "expected", "unexpected"),
    [
        ({}, "en", "Sample, not signed off by a city", "due on"),
        ({"signed_off_by": "Harbour"}, "en", "Signed off by Harbour", "not signed off by a city,"),
        (
            {},
            "fr",
            "Not translated yet: it stands here in English.",
            "Drafted by a machine, not yet checked.",
        ),
        ({"words": {"fr": {"title": "Quai", "body": "Assis."}}}, "fr", "Assis.", "Sit down."),
        (
            {"words": {"fr": {"title": "Quai", "body": "Assis.", "is_draft": True}}},
            "fr",
            "Drafted by a machine, not yet checked.",
            "Sit down.",
        ),
        (
            {"words": {"fr": {"title": "Quai", "body": "Assis.", "source": "older"}}},
            "fr",
            "The English text is newer than this translation.",
            "Drafted by a machine, not yet checked.",
        ),
    ],
)
def test_what_is_said_of_a_passage(client, fields, language, expected, unexpected):
    make_passage(**fields)
    found = page(client, language=language)
    with translation.override(language):
        assert gettext(expected) in found
        assert gettext(unexpected) not in found


def test_english_stands_below_a_translation_that_is_behind(client):
    make_passage(words={"fr": {"title": "Quai", "body": "Assis.", "source": "older"}})
    found = page(client, language="fr")
    assert found.index("Assis.") < found.index("Sit down.")


def test_a_review_that_is_overdue_shows_on_the_page(client):
    passage = make_passage()
    assert "Its review was due" not in page(client)
    passage.next_review = today() - datetime.timedelta(days=1)
    passage.save()
    assert "Its review was due" in page(client)


@pytest.mark.parametrize("address", [LEARN, EVERYBODY])
def test_pages_cost_two_queries(client, address, django_assert_num_queries):
    for number in range(5):
        make_passage(f"p-{number}", words={"fr": {"title": "Quai", "body": "Assis."}})
    with django_assert_num_queries(2):
        page(client, address, "fr")


def test_search_engines_are_told_to_keep_away(client):
    assert client.get(LEARN)["X-Robots-Tag"] == "noindex"


def test_the_database_refuses_a_next_review_before_the_last(client):
    with pytest.raises(Exception, match="passage_next_review_after_review"):
        Passage.objects.create(
            code="x", stage="referral", kind="refer", reviewed_on=today(), next_review=today()
        )
