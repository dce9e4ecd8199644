"""Invented passages, as small as they may be."""

import datetime

from learning.models import Passage, today
from learning.text import fingerprint

WEEK = datetime.timedelta(days=7)


def make_passage(code="quay", *, title="Quay", body="Sit down.", words=None, **fields):
    """A passage for everybody in English; `words` maps other languages to {field: value}."""
    defaults = {
        "stage": "identification",
        "kind": "signs",
        "reviewed_on": today() - WEEK,
        "next_review": today() + WEEK,
        "reviewer_role": "nurse",
    }
    passage = Passage.objects.create(code=code, **defaults | fields)
    _say(passage, "en", title=title, body=body)
    for language, said in (words or {}).items():
        _say(passage, language, **{"source": fingerprint(title, body)} | said)
    return passage


def _say(passage, language, **said):
    passage.translations.create(master=passage, language_code=language, **said)
