"""/network/learn/: what network administrators change, what is kept of it, what is refused."""

import datetime

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from learning.models import Passage, today
from tests.factories import make_city
from tests.learning.passages import make_passage
from tests.people import browser_of, make_person, signed_in

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def network():
    return signed_in(make_person("network", email="keeper@example.org"))


@pytest.fixture
def passage():
    return make_passage(sources=[{"title": "The harbour book", "date": "2020"}])


def values(**changed):
    return {
        "seen": "0",
        "title": "Quay",
        "body": "Sit down.",
        "sources": "The harbour book | | | 2020",
        "reviewed_on": today().isoformat(),
        "reviewer_role": "midwife",
        "next_review": (today() + 90 * DAY).isoformat(),
        "signed_off_by": "",
        "is_shown": "on",
    } | changed


def save(client, **changed):
    return client.post(reverse("passage", args=["quay"]), values(**changed))


def translate(client, **changed):
    said = {"seen": "0", "title": "Quai", "body": "Assis.", "is_checked": "on"} | changed
    return client.post(reverse("passage-words", args=["quay", "fr"]), said)


def said(language="en"):
    return Passage.objects.get().translations.get(language_code=language)


def test_what_is_saved_is_what_everybody_reads(client, network, passage):
    response = save(network, title="At the quay", body="Stand up.\r\n\r\n- Breathe.")
    assert response["Location"] == reverse("passages")
    found = client.get("/learn/everybody/").content.decode()
    assert "At the quay" in found
    assert "<li>Breathe.</li>" in found
    kept = Passage.objects.get()
    assert (kept.edited_by.email, kept.reviewer_role) == ("keeper@example.org", "midwife")
    assert kept.sources == [{"title": "The harbour book", "date": "2020"}]


def test_the_form_shows_how_it_stands_and_saving_that_again_changes_only_who(network, passage):
    form = network.get(reverse("passage", args=["quay"])).context["form"]
    assert form.initial["sources"] == "The harbour book |  |  | 2020"
    assert form.initial["title"] == "Quay"


def test_last_editor_and_day_are_shown(network, passage):
    save(network)
    for address in (reverse("passages"), reverse("passage", args=["quay"])):
        assert "keeper@example.org" in network.get(address).content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"reviewed_on": (today() + DAY).isoformat()},
        {"next_review": today().isoformat()},
        {"next_review": (today() + 800 * DAY).isoformat()},
        {"reviewed_on": ""},
        {"reviewer_role": ""},
        {"title": " "},
        {"body": " "},
        {"body": "word " * 181},
        {"sources": "A | b | javascript:alert(1)"},
        {"sources": "| publisher alone"},
        {"seen": ""},
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_changes(network, passage, changed):
    assert save(network, **changed).status_code == 400
    assert Passage.objects.get().edited_at is None
    assert said().body == "Sit down."


def test_a_change_of_the_text_takes_the_sign_off_with_it(network, passage):
    save(network, signed_off_by="Harbour")
    seen = passage.versions.first().pk
    response = save(network, signed_off_by="Harbour", body="Stand up.", seen=seen)
    assert Passage.objects.get().signed_off_by == ""
    told = network.get(response["Location"]).content.decode()
    assert "The sign-off was for the text before" in told
    seen = passage.versions.first().pk
    save(network, signed_off_by="Harbour", body="Stand up.", seen=seen)
    assert Passage.objects.get().signed_off_by == "Harbour"


def test_of_two_editors_the_second_is_told(network, passage):
    save(network, body="First.")
    response = save(network, body="Second.")
    assert response.status_code == 409
    assert "Second." in response.content.decode()
    assert said().body == "First."
    assert translate(network).status_code == 409


def test_every_change_is_a_version_that_tells_what_changed_and_by_whom(network, passage):
    save(network, body="Stand up.")
    translate(network, seen=passage.versions.first().pk)
    entries = network.get(reverse("passage-history", args=["quay"])).context["entries"]
    told = [[tuple(map(str, change)) for change in entry.changes] for entry in entries]
    assert told[0] == [
        ("Title (Français)", "", "Quai"),
        ("Text (Français)", "", "Assis."),
    ]
    assert ("Text (English)", "Sit down.", "Stand up.") in told[1]
    assert told[2] == []
    assert [entry.version.user and entry.version.user.email for entry in entries] == [
        "keeper@example.org",
        "keeper@example.org",
        None,
    ]


def test_saving_the_same_makes_no_version(network, passage):
    save(network)
    before = passage.versions.count()
    save(network, seen=passage.versions.first().pk)
    assert passage.versions.count() == before


def test_an_earlier_version_comes_back_whole(network, passage):
    translate(network)
    save(network, body="Stand up.", reviewer_role="nobody", seen=passage.versions.first().pk)
    with_french, first = passage.versions.all()[1:3]
    network.post(reverse("passage-revert", args=["quay", with_french.pk]))
    assert (said().body, said("fr").body) == ("Sit down.", "Assis.")
    assert Passage.objects.get().reviewer_role == "nurse"
    network.post(reverse("passage-revert", args=["quay", first.pk]))
    assert not Passage.objects.get().translations.filter(language_code="fr").exists()
    assert passage.versions.first().way == "revert"
    other = make_passage("pier")
    assert network.post(reverse("passage-revert", args=[other.pk, first.pk])).status_code == 404


def test_a_translation_is_a_draft_until_somebody_has_checked_it(client, network, passage):
    translate(network, is_checked="")
    assert said("fr").is_draft
    translate(network, seen=passage.versions.first().pk)
    assert not said("fr").is_draft
    assert "Assis." in client.get("/learn/everybody/?lang=fr").content.decode()


def test_a_translation_falls_behind_with_new_english_and_catches_up(client, network, passage):
    translate(network)
    save(network, body="Stand up.", seen=passage.versions.first().pk)
    address = "/learn/everybody/?lang=fr"
    with translation.override("fr"):
        newer = gettext("The English text is newer than this translation.")
    assert newer in client.get(address).content.decode()
    assert "behind the English" in network.get(reverse("passages")).content.decode()
    translate(network, body="Debout.", seen=passage.versions.first().pk)
    assert newer not in client.get(address).content.decode()


@pytest.mark.parametrize("language", ["en", "xx"])
def test_english_is_no_translation_and_other_languages_are_none(network, passage, language):
    address = reverse("passage-words", args=["quay", language])
    assert network.get(address).status_code == 404


def test_overdue_reviews_stand_on_the_start_page_of_the_network_alone(network, passage):
    assert "overdue" not in network.get("/office/").content.decode()
    Passage.objects.update(next_review=today() - DAY, reviewed_on=today() - 2 * DAY)
    found = network.get("/office/").content.decode()
    assert "1 passage of the toolboxes is overdue for review" in found
    assert reverse("passages") in found
    assert "Overdue for review" in network.get(reverse("passages")).content.decode()
    Passage.objects.update(is_shown=False)
    assert "overdue" not in network.get("/office/").content.decode()


def test_others_are_told_nothing_of_it(passage):
    Passage.objects.update(next_review=today() - DAY, reviewed_on=today() - 2 * DAY)
    editor = browser_of("administrator", make_city("harbour"))
    assert "overdue" not in editor.get("/office/harbour/").content.decode()
    assert save(editor).status_code == 404
    assert Passage.objects.get().edited_at is None


def test_the_list_costs_few_queries(network, django_assert_max_num_queries):
    for number in range(6):
        make_passage(f"p-{number}", words={"fr": {"title": "Quai", "body": "Assis."}})
    with django_assert_max_num_queries(6):
        network.get(reverse("passages"))
