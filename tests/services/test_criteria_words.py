"""Every criterion has its words wherever one is shown."""

import tomllib

import pytest
from django.conf import settings
from django.utils.translation import override

from referrals.words import ASKS, FITS, REFUSALS
from services.filters import STATUSES
from services.models import Criterion
from services.questions import QUESTIONS, question
from services.results import SURE_WORDS

CODES = Criterion.Code.values
#: Criteria that are shown on a listing, and that the plan neither praises nor refuses a door for.
NOT_PRAISED = {"no-means"}
NOT_REFUSED = {"no-means", "no-papers"}


@pytest.mark.parametrize("code", CODES)
def test_every_criterion_has_its_question(code):
    assert QUESTIONS[code]
    assert ASKS[code]


@pytest.mark.parametrize("code", sorted(set(CODES) - NOT_PRAISED))
def test_every_criterion_the_plan_praises_has_its_words(code):
    assert code in FITS or f"for-{code}" in FITS


@pytest.mark.parametrize("code", sorted(set(CODES) - NOT_REFUSED))
def test_every_criterion_the_plan_refuses_for_has_its_words(code):
    assert code in REFUSALS


def test_whatever_can_be_filtered_for_has_its_words():
    taxonomy = tomllib.loads((settings.BASE_DIR / "fixtures/taxonomy.toml").read_text("utf-8"))
    groups = {group["code"] for group in taxonomy["group"]}
    assert {code for code, _label in STATUSES} | {"step-free"} | groups == set(SURE_WORDS)


def test_questions_are_asked_in_each_language_in_turn():
    asked = {}
    for language in ("en", "fr", "en"):
        with override(language):
            asked.setdefault(language, []).append(question("cost"))
    assert asked == {"en": ["Does it cost anything?"] * 2, "fr": asked["fr"]}
    assert asked["fr"] != ["Does it cost anything?"]
