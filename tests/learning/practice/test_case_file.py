"""A fault in the case file is refused with the case and what to do about it."""

import re

import pytest

from learning.practice import cases, checks, city, fitting
from learning.practice.cases import CaseError
from tests.pages import TELLING_WORDS

TEXT = cases.FILE.read_text(encoding="utf-8")
#: What stands in the shipped file, what stands there instead, and what is said of it.
FAULTS = {
    "no code": ('code = "the-cough"\n', "", "has no code"),
    "code": ('code = "the-cough"', 'code = "The cough"', "no address"),
    "twice": ('code = "the-cough"', 'code = "the-boss"', "stands twice"),
    "group": ('group = "families"', 'group = "everybody"', "unknown group “everybody”"),
    "key": ('title = "The cough"', 'titel = "The cough"', "unknown entry “titel”"),
    "no title": ('title = "The cough"', 'title = ""', "has no title"),
    "moment": ("at = 2026-11-18T11:30:00", "at = 2026-11-18", "no local time"),
    "zone": ("at = 2026-11-18T11:30:00", "at = 2026-11-18T11:30:00Z", "no local time"),
    "date": ("reviewed_on = 2026-11-27", 'reviewed_on = "soon"', "no date"),
    "fact": ('danger = "no"', 'danger = "never"', "fact that cannot be read: facts.danger"),
    "unknown fact": ('danger = "no"', 'hair = "no"', "fact that cannot be read: facts.hair"),
    "moment as fact": ('danger = "no"', 'at = "no"', "has the fact “at”"),
    "quote": ("There is a man. They showed me the ring. Nobody asked me\"", 'She said so"', "quotes “She said so”"),
    "no quote": ('\nconcerns = "There is a man.', '\nwants = "There is a man.', "“wants”, which is no fact"),
    "need": ('need = "fgm"', 'need = "fog"', "unknown need “fog”"),
    "urgency": ('urgency = "today", door = "petal-clinic"', 'urgency = "later", door = "petal-clinic"', "unknown urgency “later”"),
    "step": (', door = "petal-clinic"', "", "has a step with"),
}  # fmt: skip


@pytest.fixture
def written(tmp_path):
    """A function that writes a changed file and gives its path."""

    def write(text):
        (tmp_path / "cases.toml").write_text(text, encoding="utf-8")
        return tmp_path / "cases.toml"

    return write


@pytest.mark.parametrize(("now", "then", "said"), FAULTS.values(), ids=FAULTS.keys())
def test_fault_is_refused_with_a_name_and_a_remedy(written, now, then, said):
    assert now in TEXT
    with pytest.raises(CaseError, match=re.escape(said)) as found:
        cases.read(written(TEXT.replace(now, then, 1)))
    assert found.value.hint
    assert found.value.case


def test_each_fact_must_stand_in_the_scene(written):
    without = TEXT.replace('because]\ndanger = "so nobody will come"\n', "because]\n", 1)
    assert without != TEXT
    with pytest.raises(CaseError, match="the-cough: does not say where the scene says “danger”"):
        cases.read(written(without))


def test_a_scene_is_neither_short_nor_long(written):
    start = TEXT.index('scene = """') + len('scene = """\n')
    long = TEXT[:start] + "word " * 100 + TEXT[start:]
    with pytest.raises(CaseError, match=r"scene of \d+ words"):
        cases.read(written(long))


def test_a_file_that_is_no_toml_or_not_there_is_named(tmp_path, written):
    with pytest.raises(CaseError, match="is not TOML"):
        cases.read(written("[[case"))
    with pytest.raises(CaseError, match="cannot be read"):
        cases.read(tmp_path / "nothing.toml")


@pytest.mark.parametrize(
    ("now", "then", "said"),
    [
        ('door = "petal-clinic"', 'door = "rose-clinic"', "unknown door “rose-clinic”"),
        ('notices = [\n  "suicide-risk"', 'notices = [\n  "sad"', "unknown notice “sad”"),
        (
            "hours_since = 119",
            "hours_since = 100",
            "“hours_since” = “100”, which nobody can answer",
        ),
    ],
)
def test_a_door_a_notice_and_an_answer_must_exist(written, now, then, said):
    assert now in TEXT
    found = cases.read(written(TEXT.replace(now, then, 1)))
    codes = {notice.code for notice in city.pathway().notices}

    def check_all():
        for case in found:
            fitting.check(case, city.course(case), codes)

    with pytest.raises(CaseError, match=re.escape(said)):
        check_all()


def test_the_system_check_is_silent_for_the_shipped_file_and_names_a_bad_case(monkeypatch):
    assert checks.practice_cases(None) == []

    def broken():
        raise CaseError("the-cough", "has no title", "Add title = … to the case.")

    monkeypatch.setattr(cases, "read", broken)
    (error,) = checks.practice_cases(None)
    assert "the-cough: has no title" in error.msg
    assert error.hint == "Add title = … to the case."


def test_titles_of_cases_tell_nobody_what_they_are_about():
    for case in cases.read():
        assert not [word for word in TELLING_WORDS if word in case.title.lower()]
        assert len(case.title) <= 40


def test_cases_are_samples_until_somebody_signs_them():
    assert not any(case.is_signed_off for case in cases.read())
