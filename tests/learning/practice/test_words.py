"""Every text of the practice is where translators find it, by whole paragraphs."""

from django.utils import translation

from learning.management.commands import practice_words
from learning.practice import cases, city


def test_the_texts_for_translators_are_those_of_the_files():
    written = practice_words.FILE.read_text(encoding="utf-8")
    assert written == practice_words.words_module(), "run manage.py practice_words"


def test_paragraphs_titles_notes_and_listings_are_among_them():
    module = practice_words.words_module()
    case = cases.read()[0]
    for text in (case.title, case.teaching, *case.scene):
        assert f"_({practice_words.pathway_words.json.dumps(text, ensure_ascii=False)})" in module
    assert '_("Weir House")' in module
    assert '_("Invented for practice")' in module


def test_a_listing_without_translation_says_that_its_name_is_english(monkeypatch):
    monkeypatch.setattr(city, "gettext", lambda text: "Maison" if text == "Weir House" else text)
    city.listings.cache_clear()
    with translation.override("fr"):
        found = {listing.slug: listing for listing in city.listings("fr")}
    city.listings.cache_clear()
    assert (found["weir-house"].name, found["weir-house"].name_language) == ("Maison", "fr")
    assert found["prism-house"].name_language == "en"
