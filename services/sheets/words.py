"""Words that people write into cells, in any language of the site, and what they stand for here."""

import functools

from django.conf import settings
from django.utils.translation import override

from services.languages import NAMES
from services.models import Need, TargetGroup
from services.search import normalise

YES = frozenset(
    [
        "yes",
        "y",
        "true",
        "1",
        "x",
        "oui",
        "ja",
        "si",
        "sì",
        "vrai",
        "wahr",
        "vero",
        "sant",
        "✓",
        "✔",
    ]
)
NO = frozenset(
    ["no", "n", "false", "0", "non", "nee", "nein", "nej", "faux", "falsch", "falso", "falskt"]
)


def as_yes_or_no(text):
    """True, False, or None where the text is neither."""
    word = text.strip().casefold()
    return True if word in YES else False if word in NO else None


@functools.cache
def of_choices(choices):
    """Normalised word -> value of a `TextChoices`: its value, and its label in every language."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            for value, label in choices.choices:
                found.setdefault(normalise(str(label)), value)
    return found | {normalise(value): value for value in choices.values}


@functools.cache
def of_languages():
    """Normalised name of a language, in every language of the site, or its tag -> its tag."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            for tag, name in NAMES.items():
                found.setdefault(normalise(str(name)), tag)
    return found | {tag: tag for tag in NAMES}


def of_terms(model):
    """Normalised code, name or synonym -> the one code that bears it; one query.

    A word that several bear stands for none, and a code wins over a name, a name over a synonym.
    """
    levels = ({}, {}, {})
    rows = model._parler_meta.root_model.objects.values_list("master_id", "name", "synonyms")
    for code, name, synonyms in rows:
        for level, words in zip(levels, ([code], [name], synonyms), strict=True):
            for word in words:
                level.setdefault(normalise(str(word)), set()).add(code)
    found = {}
    for level in levels:
        for word, codes in level.items():
            found.setdefault(word, next(iter(codes)) if len(codes) == 1 else None)
    return {word: code for word, code in found.items() if code}


def of_needs():
    return of_terms(Need)


def of_groups():
    return of_terms(TargetGroup)
