"""Files into the database: twice is once, and people win over files."""

import pytest
from django.core.management import CommandError, call_command

from learning import fixture_files, versions
from learning.loading import load
from learning.models import Passage, PassageVersion
from services.fixture_shapes import FixtureError
from services.translating import po

pytestmark = pytest.mark.django_db

TITLE, BODY = "Sit by the quay", "Sit down.\n\n- Breathe."
PASSAGE = """
[[passage]]
code = "quay"
stage = "identification"
kind = "signs"
title = "Sit by the quay"
body = '''
Sit down.

- Breathe.
'''
helps = ["need:shelter"]
sources = ["harbour-book"]
reviewed_on = 2026-01-01
next_review = 2027-01-01
reviewer_role = "nurse"
"""


class Files:
    """A folder of fixtures with one passage, and what happens to it."""

    def __init__(self, path):
        self.path = path
        (path / "toolboxes").mkdir()
        (path / "translations").mkdir()
        self.write("sources", '[harbour-book]\ntitle = "The harbour book"\n')
        self.write("everybody", PASSAGE)

    def write(self, name, text):
        (self.path / "toolboxes" / f"{name}.toml").write_text(text, encoding="utf-8")

    def change(self, old, new):
        assert old in PASSAGE
        self.write("everybody", PASSAGE.replace(old, new))

    def translate(self, title=TITLE, body=BODY, is_draft=False, language="fr"):
        entries = [
            po.Entry("quay", title, "Assieds-toi au quai", is_draft),
            po.Entry("quay", body, "Assieds-toi.", is_draft),
        ]
        po.write(self.path / "translations" / f"toolboxes.{language}.po", language, entries)


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


def said(language="en"):
    return Passage.objects.get().translations.get(language_code=language)


def test_loading_twice_changes_nothing_the_second_time(files, django_assert_num_queries):
    files.translate()
    assert load(files.path).created == 1
    before = versions.state_of(Passage.objects.get())
    with django_assert_num_queries(5):
        counts = load(files.path)
    assert (counts.created, counts.updated, counts.unchanged) == (0, 0, 1)
    assert versions.state_of(Passage.objects.get()) == before
    assert not PassageVersion.objects.exists()


def test_a_passage_is_as_its_file_says(files):
    load(files.path)
    passage = Passage.objects.get()
    assert (said().title, said().body) == (TITLE, BODY)
    assert passage.sources == [{"title": "The harbour book"}]
    assert passage.helps == ["need:shelter"]
    assert passage.group == passage.signed_off_by == ""


def test_a_changed_file_changes_the_passage_and_keeps_how_it_stood(files):
    load(files.path)
    files.change("Sit down.", "Stand up.")
    assert load(files.path).updated == 1
    assert said().body.startswith("Stand up.")
    latest, first = PassageVersion.objects.all()
    assert first.state["words"]["en"]["body"] == BODY
    assert latest.way == first.way == "file"


def test_what_somebody_edited_no_file_overwrites(files):
    load(files.path)
    with versions.kept("quay", PassageVersion.Way.FORM) as passage:
        passage.edited_at = versions.timezone.now()
        passage.save()
        passage.translations.filter(language_code="en").update(body="Mine.")
    files.change("Sit down.", "Stand up.")
    counts = load(files.path)
    assert (counts.edited, counts.updated) == (1, 0)
    assert said().body == "Mine."


def test_a_translation_comes_only_from_the_english_it_was_made_of(files):
    files.translate(title="Another title")
    load(files.path)
    assert not Passage.objects.get().translations.filter(language_code="fr").exists()
    files.translate(is_draft=True)
    load(files.path)
    assert (said("fr").title, said("fr").is_draft) == ("Assieds-toi au quai", True)
    files.translate()
    load(files.path)
    assert said("fr").is_draft is False


def test_translators_get_every_text_with_what_they_have_so_far(files):
    files.translate(is_draft=True)
    files.change("Sit down.", "Stand up.")
    made = fixture_files.entries(fixture_files.read(files.path), "fr", files.path)
    assert [(e.context, e.source, e.text, e.is_draft) for e in made] == [
        ("quay", TITLE, "Assieds-toi au quai", True),
        ("quay", BODY.replace("Sit down.", "Stand up."), "", False),
    ]


def test_a_file_of_translations_that_cannot_be_read_stops_the_load(files):
    (files.path / "translations" / "toolboxes.fr.po").write_text("nothing of the kind")
    with pytest.raises(FixtureError, match=r"toolboxes\.fr\.po"):
        load(files.path)


def test_a_translation_that_somebody_edited_stays(files):
    files.translate()
    load(files.path)
    row = said("fr")
    row.title, row.words_edited_at = "Le mien", versions.timezone.now()
    row.save()
    files.translate(is_draft=True)
    load(files.path)
    assert said("fr").title == "Le mien"


def test_a_passage_goes_with_its_row_unless_somebody_edited_it(files):
    load(files.path)
    files.change('code = "quay"', 'code = "pier"')
    assert load(files.path).removed == 1
    assert Passage.objects.get().pk == "pier"
    Passage.objects.update(edited_at=versions.timezone.now())
    files.change('code = "quay"', 'code = "wharf"')
    assert load(files.path).removed == 0
    assert Passage.objects.count() == 2


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("need:shelter", "need:boat", "need:boat"),
        ('"signs"', '"songs"', "songs"),
        ('"harbour-book"', '"no-book"', "no-book"),
        ("2027-01-01", "2025-01-01", "must come after reviewed_on"),
        ("2027-01-01", '"2027-01-01"', "must be a date"),
        ('reviewer_role = "nurse"', "", "reviewer_role: is missing"),
        ("helps =", "helped =", "unknown key"),
        ("[[passage]]", "[passage]", "must hold"),
    ],
)
def test_a_bad_file_is_refused_with_the_spot_and_nothing_changes(files, old, new, complaint):
    files.change(old, new)
    with pytest.raises(FixtureError, match=r"everybody\.toml") as refused:
        load(files.path)
    assert complaint in str(refused.value)
    assert not Passage.objects.exists()


def test_a_code_stands_once(files):
    files.write("families", PASSAGE)
    with pytest.raises(FixtureError, match=r"used twice, first in everybody\.toml"):
        load(files.path)


def test_the_command_says_what_it_did_or_why_not(files, capsys):
    call_command("load_toolboxes", files.path)
    assert "1 created" in capsys.readouterr().out
    files.write("everybody", "passage = 1")
    with pytest.raises(CommandError, match=r"everybody\.toml"):
        call_command("load_toolboxes", files.path)
