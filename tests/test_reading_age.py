"""What readers must understand is in words that somebody of about eleven can read, in English.

Measured with the Flesch–Kincaid grade (J. P. Kincaid and others, 1975: US school years; a grade of 6
is read at eleven to twelve), on whole collections of texts: a formula says nothing of a single line.
"""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PATHWAYS = ROOT / "referrals" / "pathways"
#: Grade 6 is age 11; what law says of a country is allowed a year more.
MOST_GRADE, MOST_GRADE_OF_LAW = 6.0, 7.0


def syllables(word):
    """Groups of vowels, without a silent e at the end; a little more than there are, never fewer by many."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    groups = re.findall(r"[aeiouy]+", letters)
    is_silent = letters.endswith("e") and not letters.endswith("le") and len(groups) > 1
    return max(1, len(groups) - is_silent)


def grade(texts):
    sentences = [
        part
        for text in texts
        for part in re.split(r"(?<=[.?!])[”’)]*\s+|\n+", text)
        if re.search("[A-Za-z]{2}", part)
    ]
    words = re.findall(r"[A-Za-z][A-Za-z’'-]*", " ".join(sentences))
    per_sentence = len(words) / len(sentences)
    per_word = sum(map(syllables, words)) / len(words)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


def read(path):
    return tomllib.loads(path.read_text())


def texts_of(path, table, *keys):
    return [row[key] for row in read(path)[table] for key in keys if row.get(key)]


def templates(*patterns):
    """What the templates say, each text as a sentence."""
    for path in sorted(path for pattern in patterns for path in ROOT.glob(f"templates/{pattern}")):
        page = path.read_text()
        yield from re.findall(r'{% translate "([^"]+)"', page)
        for text in re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblock", page, re.S):
            yield re.sub(r"<[^>]+>", "", re.sub(r"{{.*?}}", "X", text))


TEXTS = {
    "questions": lambda: texts_of(PATHWAYS / "questions.toml", "question", "title", "hint", "why", "how"),
    "reasons": lambda: texts_of(PATHWAYS / "needs.toml", "rule", "why"),
    "notices": lambda: texts_of(PATHWAYS / "notices.toml", "notice", "title", "text"),
    "public pages": lambda: list(
        templates("base.html", "components/*.html", "referrals/*.html", "services/*.html", "pages/*.html")
    ),
    "toolboxes": lambda: [
        text
        for path in sorted((ROOT / "fixtures" / "toolboxes").glob("*.toml"))
        if "passage" in read(path)
        for text in texts_of(path, "passage", "title", "body")
    ],
    "practice cases": lambda: texts_of(
        ROOT / "fixtures" / "practice" / "cases.toml", "case", "scene", "teaching"
    ),
    "the organisation's page": lambda: list(templates("confirming/*.html", "handoff/*.html")),
}  # fmt: skip
COUNTRIES = sorted(path.stem for path in (PATHWAYS / "countries").glob("*.toml"))


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS.keys())
def test_texts_are_read_at_eleven(texts):
    assert grade(texts()) <= MOST_GRADE


@pytest.mark.parametrize("country", COUNTRIES)
def test_duties_of_a_country_are_read_at_twelve(country):
    path = PATHWAYS / "countries" / f"{country}.toml"
    assert grade(texts_of(path, "notice", "title", "text")) <= MOST_GRADE_OF_LAW


def test_the_measure_tells_plain_words_from_officialese():
    plain = ["Call first. Say where you are. Stay with the person if you are safe."]
    official = (
        "Notwithstanding applicable confidentiality obligations, professionals encountering "
        "unaccompanied minors shall immediately communicate identification information to the "
        "competent authority."
    )
    assert grade(plain) < 3
    assert grade([official]) > 18
