"""The shipped vocabularies: every term of the design, once, with words in six languages."""

import tomllib

import pytest
from django.conf import settings

from services.models import Need

STAGES = {
    "identification": ["disclosure"],
    "protection": [
        "emergency",
        "rape-care",
        "evidence",
        "urgent-medical",
        "mental-health-crisis",
        "shelter",
        "child-protection",
        "guardianship",
        "police-report",
        "trafficking",
        "fgm",
        "honour-violence",
    ],
    "referral": ["helpline", "interpretation", "violence-support"],
    "recovery": [
        "psychosocial",
        "legal-advice",
        "asylum-residence",
        "medical-care",
        "sexual-health",
        "basic-needs",
        "housing",
        "lgbtqi-support",
        "family-support",
        "community-space",
        "perpetrator-work",
    ],
}
GROUPS = ["lgbtqi", "women-girls", "unaccompanied-children", "families"]
LANGUAGES = ["en", "fr", "nl", "de", "it", "sv"]
VOCABULARY = tomllib.loads((settings.BASE_DIR / "fixtures" / "taxonomy.toml").read_text("utf-8"))
TERMS = VOCABULARY["need"] + VOCABULARY["group"]


def test_every_need_is_there_once_in_its_stage():
    shipped = sorted((need["code"], need["stage"]) for need in VOCABULARY["need"])
    assert shipped == sorted((code, stage) for stage, codes in STAGES.items() for code in codes)


def test_every_target_group_is_there_once():
    assert sorted(group["code"] for group in VOCABULARY["group"]) == sorted(GROUPS)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term["code"])
def test_a_term_has_names_and_synonyms_in_six_languages(term):
    assert sorted(term["names"]) == sorted(LANGUAGES)
    assert sorted(term["synonyms"]) == sorted(LANGUAGES)
    assert all(term["synonyms"].values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_differ_within_a_language(language):
    for terms in VOCABULARY.values():
        names = [term["names"][language] for term in terms]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "word",
    [
        "refuge",
        "women's shelter",
        "centre d’accueil",
        "maison d’accueil",
        "foyer",
        "vluchthuis",
        "opvang",
        "Frauenhaus",
        "casa rifugio",
        "kvinnojour",
        "skyddat boende",
    ],
)
def test_the_words_for_a_shelter_find_it(word):
    shelter = next(need for need in VOCABULARY["need"] if need["code"] == "shelter")
    assert word in [w for words in shelter["synonyms"].values() for w in words]


def test_the_site_speaks_the_languages_of_the_vocabulary():
    assert [code for code, _name in settings.LANGUAGES] == LANGUAGES


@pytest.mark.django_db
def test_needs_stand_in_the_order_of_the_file(four_cities):
    assert [need.code for need in Need.objects.all()] == [n["code"] for n in VOCABULARY["need"]]
