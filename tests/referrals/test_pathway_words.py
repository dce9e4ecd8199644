"""Every text of the pathway's data is where translators find it."""

from referrals.management.commands import pathway_words


def test_the_texts_for_translators_are_those_of_the_data():
    written = pathway_words.FILE.read_text(encoding="utf-8")
    assert written == pathway_words.words_module(), "run manage.py pathway_words"


def test_texts_of_every_country_are_among_them():
    module = pathway_words.words_module()
    for text in ("Is anyone in danger right now?", "Without papers: the STP code", "No steps"):
        assert f'_("{text}")' in module
