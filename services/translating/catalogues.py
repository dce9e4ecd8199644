"""How far the words of the site itself are in each language, from its catalogue in `locale/`.

A message marked `fuzzy` was drafted by a machine. Each catalogue is read once by a process.
"""

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

IS_DRAFT = re.compile(r"^#,.*\bfuzzy\b", re.MULTILINE)
IS_MESSAGE = re.compile(r"^msgid ", re.MULTILINE)
#: A translation, or one form of it, that is empty.
IS_MISSING = re.compile(r'^msgstr(\[\d\])? ""\n(?!")', re.MULTILINE)


@dataclass(frozen=True)
class Counts:
    """Texts in one language: checked, drafted by a machine, made from an older text, missing."""

    checked: int = 0
    drafts: int = 0
    older: int = 0
    missing: int = 0

    @property
    def total(self):
        return self.checked + self.drafts + self.older + self.missing


@functools.cache
def counts(language):
    """The `Counts` of a language's catalogue; of the language that the texts are written in, nothing."""
    found = [_state(message) for message in _messages(language)]
    return Counts(found.count("checked"), found.count("draft"), 0, found.count("missing"))


@functools.cache
def has_drafts(language):
    """Whether pages in this language show messages that nobody has checked."""
    return any(_state(message) == "draft" for message in _messages(language))


def _messages(language):
    """The entries of a catalogue as text, without its head and without what is obsolete."""
    path = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"
    if language == settings.LANGUAGE_CODE or not path.is_file():
        return []
    _head, *entries = path.read_text(encoding="utf-8").split("\n\n")
    return [f"{entry.strip()}\n" for entry in entries if IS_MESSAGE.search(entry)]


def _state(message):
    if IS_MISSING.search(message):
        return "missing"
    return "draft" if IS_DRAFT.search(message) else "checked"
