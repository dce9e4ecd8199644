"""The files of the toolboxes as plain data, checked; the database is not opened here.

`fixtures/toolboxes/sources.toml` and `referrals/pathways/sources.toml` hold the sources by id, every
other file `[[passage]]`s in the order in which they are read. Translations are in
`fixtures/translations/toolboxes.<language>.po`: the code as context, title and text as messages.
"""

import datetime
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from learning.models import Passage
from learning.text import tidy
from referrals.pathway import facts, loading
from services.fixture_shapes import FixtureError, ListOf, OneOf, Table, Text, Where
from services.translating import po

__all__ = ["FixtureError", "Row", "entries", "read", "translations"]

FOLDER = settings.BASE_DIR / "fixtures"
SOURCES = "sources.toml"
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SOURCE_KEYS = ("title", "publisher", "url", "date")


class Day:
    """A date of TOML."""

    def check(self, value, where):
        if type(value) is not datetime.date:
            where.refuse("must be a date, such as 2026-11-27.")


@dataclass(frozen=True)
class Row:
    """One passage of a file, with whole sources and a tidy text."""

    data: dict
    position: int
    where: Where


@dataclass(frozen=True)
class Said:
    """A title and a text in another language than English."""

    title: str
    body: str
    is_draft: bool


def shape():
    """What a `[[passage]]` may hold."""
    text, key = Text(), OneOf(known_keys())
    fields = {
        "code": Text(CODE),
        "group": OneOf(tuple(Passage.Group.values)),
        "stage": OneOf(tuple(Passage.Stage.values)),
        "kind": OneOf(tuple(Passage.Kind.values)),
        "title": text,
        "body": text,
        "helps": ListOf(key),
        "also_helps": ListOf(key),
        "sources": ListOf(text),
        "reviewed_on": Day(),
        "next_review": Day(),
        "reviewer_role": text,
        "signed_off_by": text,
    }
    may_lack = ("group", "helps", "also_helps", "signed_off_by")
    return Table(fields, tuple(name for name in fields if name not in may_lack))


def known_keys():
    """Everything that a passage can be opened from: the questions of the guide and all needs."""
    questions = loading.load("", "").questions
    return (
        *(f"question:{question.id}" for question in questions),
        *(f"need:{need}" for need in facts.NEEDS),
    )


def read(folder=FOLDER):
    """The `Row`s of all passages, in order. Raises `FixtureError`."""
    folder = Path(folder) / "toolboxes"
    sources = _toml(loading.FOLDER / SOURCES) | _toml(folder / SOURCES)
    table, rows, seen = shape(), [], {}
    for path in sorted(folder.glob("*.toml")):
        for number, data in enumerate(_passages(path), start=1):
            where = Where(path.name, f"passage “{_named(data, number)}”")
            table.check(data, where)
            first = seen.setdefault(data["code"], where)
            if first is not where:
                where.at("code").refuse(f"is used twice, first in {first.file}.")
            rows.append(Row(_whole(data, sources, where), len(rows), where))
    return rows


def _named(data, number):
    return data.get("code", number) if isinstance(data, dict) else number


def _passages(path):
    if path.name == SOURCES:
        return []
    content = _toml(path)
    if set(content) != {"passage"} or not isinstance(content["passage"], list):
        Where(path.name).refuse("must hold [[passage]] and nothing else.")
    return content["passage"]


def _toml(path):
    where = Where(path.name)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        where.refuse("cannot be opened.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        where.refuse(f"is not readable TOML: {error}.")


def _whole(data, sources, where):
    for name in data["sources"]:
        if name not in sources:
            where.at("sources").refuse(f"“{name}” is not in any {SOURCES}.")
    if data["next_review"] <= data["reviewed_on"]:
        where.at("next_review").refuse("must come after reviewed_on.")
    found = [sources[name] for name in data["sources"]]
    return {
        "group": "",
        "helps": [],
        "also_helps": [],
        "signed_off_by": "",
        **data,
        "body": tidy(data["body"]),
        "sources": [{key: str(s[key]) for key in SOURCE_KEYS if key in s} for s in found],
    }


def translations(rows, folder=FOLDER):
    """language -> code -> `Said`, of passages whose title and text the language's file has.

    A message of other English than the files hold now is no translation of them.
    Raises `FixtureError`.
    """
    found = {}
    for language, _name in settings.LANGUAGES:
        known = _known(language, folder)
        found[language] = {
            row.data["code"]: said for row in rows if (said := _said(row.data, known)) is not None
        }
    return found


def _known(language, folder):
    """(code, English) -> `Entry` of a language's file; empty where there is none."""
    path = translation_file(language, folder)
    if not path.exists():
        return {}
    try:
        return {(e.context, e.source): e for e in po.read(path) if e.text.strip()}
    except po.FileError as error:
        raise FixtureError(str(error)) from error


def _said(data, known):
    parts = [known.get((data["code"], data[name])) for name in ("title", "body")]
    if None in parts:
        return None
    title, body = parts
    return Said(title.text.strip(), tidy(body.text), title.is_draft or body.is_draft)


def translation_file(language, folder=FOLDER):
    """Where a language's translations are, whether or not the file is there."""
    return Path(folder) / "translations" / f"toolboxes.{language}.po"


def entries(rows, language, folder=FOLDER):
    """What a language's file is to hold: every title and text, translated where the file has it."""
    known = _known(language, folder)
    empty = po.Entry("", "", "", is_draft=False)
    made = []
    for row in rows:
        for name in ("title", "body"):
            code, source = row.data["code"], row.data[name]
            had = known.get((code, source), empty)
            made.append(po.Entry(code, source, had.text, had.is_draft, comment=had.comment))
    return made
