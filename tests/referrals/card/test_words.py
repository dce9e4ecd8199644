"""The words of the card: whole in every language, neutral, and with days of the week that are known."""

import pytest

from referrals.card.words import FILE, WordsError, every_language, known, parse

#: What people of the four cities' communities speak, as the mission names it.
NEEDED = ("ar", "prs", "fa", "ps", "ti", "am", "so", "uk", "ru", "tr", "es", "pt", "bn", "sq", "ro")


def test_the_languages_that_people_bring_are_there():
    assert set(NEEDED) <= set(every_language())


@pytest.mark.parametrize("tag", NEEDED)
def test_a_language_is_written_in_its_own_words(tag):
    """A phrase that stands in another language too was copied and not translated."""
    own, english = every_language()[tag], every_language()["en"]
    same = [
        key
        for key in ("heading", "say", "meaning", "right", "changed")
        if getattr(own, key) == getattr(english, key)
    ]
    assert same == []


def test_scripts_run_their_way():
    assert {t: known(t).direction for t in ("ar", "fa", "prs", "ps", "ti", "uk")} == {
        "ar": "rtl", "fa": "rtl", "prs": "rtl", "ps": "rtl", "ti": "ltr", "uk": "ltr",
    }  # fmt: skip


def test_the_week_begins_on_monday():
    assert known("es").day_names()[0] == "lun"
    assert known("prs").day_names()[6] == "یکشنبه"


def test_a_regional_tag_finds_its_language_and_an_unknown_one_the_fallback():
    assert known("pt-BR").tag == "pt"
    assert known("xx", fallback="fr").tag == "fr"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace('heading = "Useful numbers"\n', "", 1), "en.heading is missing"),
        (lambda text: text.replace("[fr]", '[fr]\nfoo = "x"'), "fr.foo is not known"),
        (lambda text: text.replace('"day and night"', '" "'), "en.always is empty"),
    ],
)
def test_a_file_that_is_not_whole_says_where(change, message):
    with pytest.raises(WordsError, match=message):
        parse(change(FILE.read_text()))
