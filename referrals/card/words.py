"""The words of the card in the languages that people bring; read once from words.toml."""

import functools
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from babel import Locale
from babel.dates import get_day_names

FILE = Path(__file__).with_name("words.toml")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "prs", "ps"})
#: Where the Unicode locale data files a language under another tag than people do.
LOCALES = {"prs": "fa_AF"}


@dataclass(frozen=True)
class CardWords:
    """What stands on the card, in one language."""

    tag: str
    name: str
    reviewed_by: str
    heading: str
    always: str
    ask_hours: str
    emergency: str
    no_name: str
    say: str
    meaning: str
    still_right: str
    code: str
    made_on: str
    ask_code: str
    look: str
    right: str
    changed: str
    mistyped: str

    @property
    def direction(self):
        return "rtl" if self.tag in RIGHT_TO_LEFT else "ltr"

    @property
    def locale(self):
        """The locale of the Unicode data (CLDR), for days and dates."""
        return Locale.parse(LOCALES.get(self.tag, self.tag))

    def day_names(self):
        """Short names of the days, Monday first."""
        names = get_day_names("abbreviated", locale=self.locale)
        return [names[day] for day in range(7)]


class WordsError(ValueError):
    """The file of words is not whole; the message names language and key."""


@functools.cache
def every_language():
    """Tag -> `CardWords`, in the order of the file. Raises `WordsError`."""
    return parse(FILE.read_text())


def parse(text):
    """Tag -> `CardWords` of a file's text; refuses a missing, unknown or empty key."""
    wanted = {field.name for field in fields(CardWords)} - {"tag"}
    found = {}
    for tag, table in tomllib.loads(text).items():
        for key in sorted(wanted ^ set(table)):
            what = "is missing" if key in wanted else "is not known"
            raise WordsError(f"words.toml: {tag}.{key} {what}.")
        empty = [key for key in wanted - {"reviewed_by"} if not table[key].strip()]
        if empty:
            raise WordsError(f"words.toml: {tag}.{min(empty)} is empty.")
        found[tag] = CardWords(tag=tag, **table)
    return found


def known(tag, fallback="en"):
    """The words for a BCP 47 tag or its language, else those of the fallback."""
    languages = every_language()
    plain = str(tag).split("-")[0]
    return languages.get(tag) or languages.get(plain) or languages.get(fallback) or languages["en"]
