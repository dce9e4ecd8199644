"""Kinds of cells: how a value is written into one, and read from what somebody made of it.

`read(text, words)` gives a value that JSON can hold, or raises `CellError` with what to do;
`write(value, words)` gives the text that reads as that value. An empty cell is an empty value.
"""

import datetime
import re
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.fixture_files import LANGUAGE_TAG
from services.hours import validate_opening_hours
from services.phones import line_of, validate_phone
from services.search import normalise
from services.sheets.words import as_yes_or_no, of_choices, of_languages

#: What XML, and so a spreadsheet, cannot hold.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: A spreadsheet holds no longer text in one cell.
LONGEST_CELL = 32_767
_SEVERAL = re.compile(r"[\n;]")
_DIALLED = re.compile(r"\+?[0-9][0-9 ().\-/]*")
_LIST = re.compile(r"[\n;,]")


class CellError(Exception):
    """What is wrong with a cell, in words for whoever filled it in."""


def plain(text):
    """A text as it comes back from a spreadsheet: what tells two cells apart is what is left."""
    if not text.isprintable():
        text = UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text[:LONGEST_CELL].strip()


@dataclass(frozen=True)
class Text:
    """Text up to a length, checked by a validator of the model where there is one."""

    most: int = 5_000
    validator: object = None
    help: str = gettext_lazy("text")

    def read(self, text, words):
        if len(text) > self.most:
            raise CellError(_("Shorten it to %(most)s characters.") % {"most": self.most})
        if self.validator and text:
            _validated(self.validator, text)
        return text

    def write(self, value, words):
        return value or ""


def _validated(validator, text):
    try:
        validator(text)
    except ValidationError as error:
        raise CellError(" ".join(error.messages)) from error


_url = URLValidator(schemes=["http", "https"])


def _validate_email(text):
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValidationError(_("Write one e-mail address, such as desk@example.org.")) from error


@dataclass(frozen=True)
class Link:
    """An address of the web; without a scheme it is one with https."""

    most: int = 600
    help: str = gettext_lazy("an address such as https://example.org")

    def read(self, text, words):
        if text and "://" not in text:
            text = f"https://{text}"
        try:
            _url(text or "https://example.org")
        except ValidationError as error:
            raise CellError(_("Write one address such as https://example.org.")) from error
        return Text(self.most).read(text, words)

    def write(self, value, words):
        return value or ""


@dataclass(frozen=True)
class Choice:
    """One of the values of a `TextChoices`; `without` are not offered here."""

    choices: type
    empty: bool = True
    default: str = ""
    #: Whether a plain yes or no is understood too.
    yes: str = ""
    no: str = ""

    @property
    def help(self):
        return " / ".join(value.replace("-", " ") for value in self.choices.values)

    def read(self, text, words):
        if not text and (self.empty or self.default):
            return self.default
        value = of_choices(self.choices).get(normalise(text))
        if value is None and self.yes:
            value = {True: self.yes, False: self.no}.get(as_yes_or_no(text))
        if value is None:
            raise CellError(_("Write one of: %(words)s.") % {"words": self.help})
        return value

    def write(self, value, words):
        return (value or "").replace("-", " ")


@dataclass(frozen=True)
class YesNo:
    """Yes or no; an empty cell is a no."""

    help: str = "yes / no"

    def read(self, text, words):
        value = as_yes_or_no(text) if text else False
        if value is None:
            raise CellError(_("Write yes or no."))
        return value

    def write(self, value, words):
        return "yes" if value else "no"


@dataclass(frozen=True)
class Age:
    """Whole years, or nothing."""

    help: str = gettext_lazy("a whole number from 0 to 120")

    def read(self, text, words):
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,3}(\.0)?", text) or float(text) > 120:
            raise CellError(_("Write a whole number from 0 to 120."))
        return int(float(text))

    def write(self, value, words):
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Degrees:
    """A latitude or longitude."""

    most: int
    help: str = gettext_lazy("degrees such as 50.8467")

    def read(self, text, words):
        if not text:
            return None
        number = text.replace(",", ".")
        if (
            not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,20})?", number)
            or abs(float(number)) > self.most
        ):
            message = _("Write degrees between -%(most)s and %(most)s, such as 50.8467.")
            raise CellError(message % {"most": self.most})
        return float(number)

    def write(self, value, words):
        return "" if value is None else repr(value)


@dataclass(frozen=True)
class Moment:
    """A moment by the clock of the city; a day alone means until its end. ISO text in between."""

    help: str = "2026-11-30 18:00"

    def read(self, text, words):
        if not text:
            return None
        try:
            local = datetime.datetime.fromisoformat(text)
        except ValueError:
            raise CellError(_("Write a day and a time such as 2026-11-30 18:00.")) from None
        if re.fullmatch(r"[0-9-]{8,10}", text):
            local = local.replace(hour=23, minute=59)
        try:
            aware = local if local.tzinfo else local.replace(tzinfo=words.timezone)
            aware = aware.astimezone(datetime.UTC)
        except (OverflowError, ValueError):
            raise CellError(_("Write a day and a time such as 2026-11-30 18:00.")) from None
        return aware.replace(second=0, microsecond=0).isoformat()

    def write(self, value, words):
        if not value:
            return ""
        moment = datetime.datetime.fromisoformat(value)
        return f"{moment.astimezone(words.timezone):%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class Phones:
    """Numbers as dialled, one a line or with semicolons between."""

    help: str = gettext_lazy("+32 2 555 01 00; several with ; or one a line")

    def read(self, text, words):
        numbers = _parts(text, _SEVERAL)
        for number in numbers:
            if not _DIALLED.fullmatch(number):
                message = _(
                    "“%(number)s” is no number. Write it like +32 2 535 45 42, with ; between two."
                )
                raise CellError(message % {"number": number[:60]})
            Text(40, validate_phone).read(number, words)
        if len({line_of(number) for number in numbers}) < len(numbers):
            raise CellError(_("One number stands here twice: take one away."))
        return numbers

    def write(self, value, words):
        return "\n".join(value)


@dataclass(frozen=True)
class Codes:
    """Codes of a vocabulary, found by code, name or synonym; their order says nothing."""

    vocabulary: str
    help: str = gettext_lazy("codes with ; between, see the allowed values")

    def read(self, text, words):
        known = words.vocabulary[self.vocabulary]
        return sorted({code for part in parts_of(text, known) for code in self._code(part, known)})

    def _code(self, part, known):
        code = known.get(normalise(part))
        if code is None:
            message = _("“%(word)s” is not known. Take a code from the list of allowed values.")
            raise CellError(message % {"word": part[:60]})
        return [code]

    def write(self, value, words):
        return "; ".join(value)


@dataclass(frozen=True)
class Languages:
    """Languages on staff by tag or name, the most important first."""

    help: str = gettext_lazy("tags such as fr; nl; ar")

    def read(self, text, words):
        return list(dict.fromkeys(_tag(part) for part in parts_of(text, of_languages())))

    def write(self, value, words):
        return "; ".join(value)


@dataclass(frozen=True)
class Tag:
    """The tag of one language."""

    help: str = gettext_lazy("a tag such as fr")

    def read(self, text, words):
        return _tag(text) if text else "en"

    def write(self, value, words):
        return value or ""


def _tag(word):
    named = of_languages().get(normalise(word))
    if named:
        return named
    if len(word) <= 12 and LANGUAGE_TAG.fullmatch(word):
        return word
    raise CellError(
        _("“%(word)s” is no tag of a language, such as fr or ar.") % {"word": word[:60]}
    )


@dataclass(frozen=True)
class Organisation:
    """The name of an organisation: one that is known keeps the way it is written."""

    most: int = 200
    help: str = gettext_lazy("its name")

    def read(self, text, words):
        name = Text(self.most).read(text, words)
        return words.organizations.get(name.casefold(), name)

    def write(self, value, words):
        return value or ""


def _parts(text, pattern):
    return [part.strip() for part in pattern.split(text) if part.strip()]


def parts_of(text, known):
    """The words of a cell that holds several; a survey's tool puts mere spaces between them."""
    parts = _parts(text, _LIST)
    if len(parts) == 1 and normalise(parts[0]) not in known:
        words = parts[0].split()
        if all(normalise(word) in known for word in words):
            return words
    return parts


HOURS = Text(300, validate_opening_hours, "Mo-Fr 09:00-17:00; PH off")
EMAIL = Text(254, _validate_email, gettext_lazy("one address"))


@dataclass
class Words:
    """What cells are read with: vocabularies, organisations by their name (`get`), the city's clock."""

    timezone: object
    vocabulary: dict = field(default_factory=dict)
    organizations: object = field(default_factory=dict)
