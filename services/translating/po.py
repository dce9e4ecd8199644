"""Translations as PO files: what comes from outside is checked, what is written is the same each time.

In every PO file of this project `fuzzy` says one thing: a machine drafted the text, and no
speaker has checked it yet. How a PO file is written:
https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.utils.translation import gettext as _

MOST_BYTES = 5 * 1024 * 1024
MOST_ENTRIES = 20_000
#: How many forms a plural has, and which one a number takes.
PLURAL_FORMS = {"fr": "nplurals=2; plural=(n > 1);"}
OTHER_PLURAL_FORMS = "nplurals=2; plural=(n != 1);"
FUZZY = "fuzzy"

#: A line that is no comment: a keyword, or nothing, and a text in quotation marks that ends.
LINE = re.compile(r'(?:(?:msgctxt|msgid|msgid_plural|msgstr)\s+|msgstr\[\d\]\s+)?"(?:[^"\\]|\\.)*"')
LINE_IN_ERROR = re.compile(r"\(line (\d+)\)(?:: [\w ]+)?$")


class FileError(Exception):
    """A PO file cannot be used; the text names file and line, and says what to do."""


@dataclass(frozen=True)
class Entry:
    """One text and its translation.

    `context` is what the text belongs to (for listings the key of the service), or empty.
    `text` is empty where nothing is translated yet. `previous` is the source that the
    translation was made from, where that has changed since. `comment` is for whoever
    translates. `line` is where the entry stands in the file that it was read from.
    """

    context: str
    source: str
    text: str
    is_draft: bool
    previous: str = ""
    comment: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Catalogue:
    """A whole file: the language that it says it is in (or empty), and its entries."""

    language: str
    entries: tuple


def read(path):
    """The entries of a file, in its order. Raises `FileError`."""
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            _refuse_size(path.name)
        content = path.read_bytes()
    except OSError as error:
        message = _("%(file)s cannot be opened. Check that it is there and may be read.")
        raise FileError(message % {"file": path.name}) from error
    return list(parse(content, path.name).entries)


def parse(content, label):
    """The `Catalogue` in these bytes; `label` is what errors call the file. Raises `FileError`."""
    text = _decoded(content, label)
    _check_lines(text, label)
    try:
        # With a line's end before it, no text is taken for the path of a file.
        found = polib.pofile(_Text("\n" + text), encoding="utf-8")
    except (OSError, ValueError) as error:
        number = LINE_IN_ERROR.search(str(error))
        _refuse_line(label, int(number[1]) if number else 1, error)
    return Catalogue(found.metadata.get("Language", ""), _entries(found, label))


class _Text(str):
    """Split as files are: a text may hold what else Python takes for the end of a line."""

    __slots__ = ()

    def splitlines(self, keepends=False):
        return self.split("\n")[1:]


def _decoded(content, label):
    if len(content) > MOST_BYTES:
        _refuse_size(label)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = _("%(file)s is not in UTF-8. Save it as a PO file in UTF-8.")
        raise FileError(message % {"file": label}) from error
    if "\0" in text or "msgid" not in text:
        message = _("%(file)s is no PO file. Export the texts, and translate that file.")
        raise FileError(message % {"file": label})
    return text.replace("\r\n", "\n")


def _refuse_size(label):
    message = _("%(file)s is larger than 5 MB. Take out what is not to be changed.")
    raise FileError(message % {"file": label})


def _check_lines(text, label):
    """Refuse what polib would read with a letter less: a text without its last quotation mark."""
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.strip()
        if line and not line.startswith("#") and not LINE.fullmatch(line):
            _refuse_line(label, number)


def _refuse_line(label, number, cause=None):
    message = _(
        "%(file)s, line %(line)s cannot be read. "
        "Open the file in a PO editor, which shows what is wrong, and save it anew."
    )
    raise FileError(message % {"file": label, "line": number}) from cause


def _entries(found, label):
    entries, seen = [], {}
    for row in found:
        if row.obsolete:
            continue
        entry = _entry(row, label)
        before = seen.setdefault((entry.context, entry.source), entry)
        if before is not entry:
            _refuse_twice(label, before, entry)
        entries.append(entry)
    if len(entries) > MOST_ENTRIES:
        message = _("%(file)s has more than %(most)s texts. Take out what is not to be changed.")
        raise FileError(message % {"file": label, "most": MOST_ENTRIES})
    return tuple(entries)


def _entry(row, label):
    if row.msgid_plural or row.msgstr_plural or not row.msgid:
        message = _(
            "%(file)s, line %(line)s: texts with a plural, or without a source, do not belong "
            "here. Export the texts, and translate that file."
        )
        raise FileError(message % {"file": label, "line": row.linenum or 1})
    return Entry(
        context=row.msgctxt or "",
        source=row.msgid,
        text=row.msgstr,
        is_draft=FUZZY in row.flags,
        previous=row.previous_msgid or "",
        comment=row.comment,
        line=row.linenum or 1,
    )


def _refuse_twice(label, before, entry):
    message = _(
        "%(file)s, line %(line)s: the text of line %(before)s stands here again. Keep one of the two."
    )
    raise FileError(message % {"file": label, "line": entry.line, "before": before.line})


def write(path_or_file, language, entries):
    """Write a file, given its path or as something open for writing text.

    The entries are sorted and nothing tells when this was: the same texts make the same file.
    """
    text = as_text(language, entries)
    if hasattr(path_or_file, "write"):
        path_or_file.write(text)
    else:
        Path(path_or_file).write_text(text, encoding="utf-8", newline="\n")


def as_text(language, entries):
    """The whole file as one text."""
    made = polib.POFile()
    made.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURAL_FORMS.get(language, OTHER_PLURAL_FORMS),
    }
    for entry in sorted(entries, key=lambda entry: (entry.context, entry.source)):
        made.append(_row(entry))
    return str(made).rstrip("\n") + "\n"


def _row(entry):
    return polib.POEntry(
        msgctxt=entry.context or None,
        msgid=entry.source,
        msgstr=entry.text,
        previous_msgid=entry.previous or None,
        comment=entry.comment,
        flags=[FUZZY] if entry.is_draft else [],
    )
