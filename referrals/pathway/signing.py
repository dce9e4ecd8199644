"""Which entries of a pathway somebody can stand behind, and the marks of those who do.

A sign-off holds for the words that were read: `fingerprint_of` changes with whatever an entry
says, so that a changed entry is nobody's until it is read again.
"""

import dataclasses
import datetime
import hashlib
import json
from dataclasses import dataclass

#: Shown while a city is a sample; nobody signs it.
SAMPLE = "sample-data"


@dataclass(frozen=True)
class Mark:
    """A sign-off as plain data: for which words, by which authority, and from when until when."""

    fingerprint: str
    authority: str
    on: datetime.date
    expires_on: datetime.date


@dataclass(frozen=True)
class Entry:
    """A window, a notice or a rule of a pathway, under a name that no other of them has."""

    key: str
    item: object
    fingerprint: str
    #: Whether it is law or medicine: without a sign-off of all of these a city is a sample.
    is_legal: bool


def entries(pathway):
    """Every entry of a pathway that can be signed, the legal ones first."""
    found = [
        *_entries("window", pathway.windows.values(), lambda _window: True),
        *_entries("notice", pathway.notices, _is_legal),
        *_entries("rule", pathway.rules, lambda _rule: False),
    ]
    return sorted(found, key=lambda entry: not entry.is_legal)


def _is_legal(notice):
    """Duties, and whatever a country says otherwise than the common notices."""
    return notice.level == "duty" or bool(notice.country)


def _entries(kind, items, is_legal):
    for item in items:
        if item.id != SAMPLE:
            yield Entry(f"{kind}:{item.id}", item, fingerprint_of(item), is_legal(item))


def fingerprint_of(item):
    """A hash of all that an entry says, and of its source; not of when it was reviewed."""
    said = dataclasses.asdict(item)
    said["review"] = said["review"]["source"]
    text = json.dumps(said, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def signed(pathway, marks, today):
    """The pathway with the marks that hold today; `marks` is entry key -> `Mark`."""
    marked = {
        entry.key: _with_mark(entry.item, marks[entry.key])
        for entry in entries(pathway)
        if holds(marks.get(entry.key), entry, today)
    }
    return dataclasses.replace(
        pathway,
        windows={key: marked.get(f"window:{key}", item) for key, item in pathway.windows.items()},
        notices=tuple(marked.get(f"notice:{item.id}", item) for item in pathway.notices),
        rules=tuple(marked.get(f"rule:{item.id}", item) for item in pathway.rules),
    )


def holds(mark, entry, today):
    """Whether a mark is for these very words, and has not expired."""
    return (
        mark is not None
        and mark.fingerprint == entry.fingerprint
        and mark.on <= today <= mark.expires_on
    )


def _with_mark(item, mark):
    review = dataclasses.replace(item.review, signed_off_by=mark.authority, reviewed_on=mark.on)
    return dataclasses.replace(item, review=review)
