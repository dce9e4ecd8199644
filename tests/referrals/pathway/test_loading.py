"""Wrong pathway data is refused with the file and the entry named."""

import datetime
import shutil

import pytest

from referrals.pathway import loading
from referrals.pathway.facts import NEEDS
from referrals.pathway.outline import outline


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped data, to be spoilt."""
    return shutil.copytree(loading.FOLDER, tmp_path / "pathways")


def spoil(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


RULE = 'id = "danger-now"'
QUESTION = 'id = "danger"'


@pytest.mark.parametrize(
    ("file", "old", "new", "entry", "message"),
    [
        ("needs.toml", 'source = "iasc-pocket-guide-2022"\n', "", "danger-now", "has no source"),
        ("needs.toml", 'source = "iasc', 'source = "nobody', "danger-now", "unknown source"),
        ("needs.toml", 'need = "emergency"', 'need = "magic"', "danger-now", "“magic” is unknown"),
        ("needs.toml", 'urgency = "now"', 'urgency = "asap"', "danger-now", "“asap” is unknown"),
        ("needs.toml", '["danger-now"]', '["danger_now"]', "danger-now", "unknown condition"),
        ("needs.toml", 'all = ["danger-now"]\n', "", "danger-now", "has no condition"),
        (
            "needs.toml",
            "expires_on = 2027-11-22",
            "expires_on = 2026-11-01",
            "danger-now",
            "expired",
        ),
        ("needs.toml", "reviewed_on = 2026-11-22\n", "", "danger-now", "has no reviewed_on"),
        (
            "needs.toml",
            "reviewed_on = 2026-11-22",
            'reviewed_on = "soon"',
            "danger-now",
            "not a date",
        ),
        ("needs.toml", 'id = "life-threatening-sign"', RULE, "danger-now", "stands twice"),
        ("needs.toml", 'why = "Somebody', 'because = "Somebody', "danger-now", "has no why"),
        (
            "needs.toml",
            '"emergency", "urgent',
            '"urgent',
            "order",
            "leaves out the need “emergency”",
        ),
        (
            "needs.toml",
            'windows = ["hiv-pep"',
            'windows = ["pep"',
            "rape-care-acute",
            "unknown window",
        ),
        (
            "needs.toml",
            'fgm = ["violence-support", "helpline", "emergency"]',
            'fgm = ["violence-support", "helpline"]',
            "fallbacks.fgm",
            "must end in emergency",
        ),
        (
            "needs.toml",
            'helpline = ["mental-health-crisis", "emergency"]',
            'helpline = ["fgm", "emergency"]',
            "fallbacks.",
            "cycle",
        ),
        ("windows.toml", "hours = 72", "hours = 0", "hiv-pep", "above zero"),
        ("windows.toml", "expires_on = 2027", "expires_on = 2025", "hiv-pep", "expired"),
        ("notices.toml", 'level = "danger"', 'level = "red"', "call-emergency", "“red” is unknown"),
        ("notices.toml", 'title = "Call', 'heading = "Call', "call-emergency", "has no title"),
        ("questions.toml", 'fact = "danger"', 'fact = "name"', "danger", "unknown fact"),
        ("questions.toml", 'value = "now"', 'value = "maybe"', "danger", "not a value"),
        ("questions.toml", 'fact = "age"', 'fact = "danger"', "age", "not a value"),
        ("questions.toml", 'id = "age"', QUESTION, "danger", "stands twice"),
        ("questions.toml", 'id = "age"', 'id = "told"', "told", "address of another page"),
        ("questions.toml", 'id = "age"', 'id = "help"', "help", "address of another page"),
        ("questions.toml", 'label = "Yes, now"', 'label = ""', "danger", "no words"),
        ("sources.toml", "publisher =", "printer =", "", "needs a title and a publisher"),
        ("countries/be.toml", "hours = 168", 'hours = "a week"', "evidence", "number above zero"),
    ],
)
def test_a_fault_names_file_and_entry(folder, file, old, new, entry, message):
    spoil(folder, file, old, new)
    with pytest.raises(loading.PathwayError) as fault:
        loading.load("", "BE" if file.startswith("countries") else "", folder=folder)
    assert fault.value.file == file.split("/")[-1]
    assert entry in fault.value.entry
    assert message in str(fault.value)


def test_a_file_that_is_not_toml_is_named(folder):
    (folder / "notices.toml").write_text("[[notice", encoding="utf-8")
    with pytest.raises(loading.PathwayError, match=r"notices\.toml.*not TOML"):
        loading.load("", "", folder=folder)


def test_a_fact_may_not_be_asked_twice(folder):
    with (folder / "questions.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[[question]]\nid = "again"\ntitle = "Again"\n[[question.field]]\nfact = "danger"\n'
            '[[question.field.option]]\nvalue = "no"\nlabel = "No"\n'
        )
    with pytest.raises(loading.PathwayError, match="asks again for “danger”"):
        loading.load("", "", folder=folder)


def test_a_second_city_reads_no_file_again(folder, monkeypatch):
    first = loading.load("brussels", "BE", folder=folder)
    monkeypatch.setattr(loading.tomllib, "loads", lambda text: pytest.fail("parsed once more"))
    assert loading.load("ghent", "BE", folder=folder).rules == first.rules


def test_a_file_that_has_changed_is_read_anew(folder):
    loading.load("", "", folder=folder)
    spoil(folder, "questions.toml", 'label = "Yes, now"', 'label = "Yes, at once"')
    questions = {one.id: one for one in loading.load("", "", folder=folder).questions}
    assert "Yes, at once" in [option.label for option in questions["danger"].fields[0].options]


def test_what_a_country_changes_stays_in_that_country(folder):
    before = loading.load("", "SE", folder=folder)
    loading.load("brussels", "BE", folder=folder)
    assert loading.load("", "SE", folder=folder) == before


def test_the_shipped_data_is_in_force_today_and_expires():
    loading.load("brussels", "BE")
    with pytest.raises(loading.PathwayError, match="expired on"):
        loading.load("brussels", "BE", today=datetime.date(2040, 1, 1))


@pytest.mark.parametrize(
    ("country", "hours"), [("BE", 168), ("SE", 72), ("LU", None), ("IT", None)]
)
def test_a_country_changes_the_window_for_evidence(country, hours):
    window = loading.load("", country).windows.get("evidence")
    assert (window.hours if window else None) == hours


@pytest.mark.parametrize("country", ["BE", "LU", "IT", "SE"])
@pytest.mark.parametrize(
    "code",
    ["call-emergency", "duty-to-report", "guardian-must-be-appointed", "undocumented-care"],
)
def test_each_country_has_words_of_its_own_for_law_and_numbers(country, code):
    notices = [n for n in loading.load("", country).notices if n.code == code]
    assert notices
    assert all(n.country == country for n in notices)


def test_every_notice_code_of_the_contract_has_words():
    contract = {
        "call-emergency", "strangulation-red-flag", "suicide-risk", "duty-to-report",
        "guardian-must-be-appointed", "best-interests", "consent-needed", "no-consent-options",
        "hiv-pep-window", "emergency-contraception-window", "evidence-window", "never-too-late",
        "evidence-without-police", "undocumented-care", "undocumented-police-risk",
        "residence-dependent-permit", "honour-do-not-involve-family", "no-family-interpreter",
        "do-not-mediate", "digital-safety", "sample-data",
    }  # fmt: skip
    assert {notice.code for notice in loading.load("", "").notices} == contract


def test_every_rule_ships_as_a_sample():
    pathway = loading.load("brussels", "BE")
    reviews = [entry.review for entry in (*pathway.rules, *pathway.notices)]
    assert not any(review.signed_off for review in reviews)


def test_the_outline_names_every_rule_question_and_notice():
    pathway = loading.load("brussels", "BE")
    text = outline(pathway)
    for entry in (*pathway.questions, *pathway.rules, *pathway.notices):
        assert entry.id in text
    for need in NEEDS:
        assert need in text
