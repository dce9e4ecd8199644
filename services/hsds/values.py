"""Values of a foreign row: what is unusable is left out and said; what is no row at all is refused."""

import html
import math
import re

import phonenumbers
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.utils.html import strip_tags

from services.phones import digits, is_short_code

LONGEST_TEXT = 20_000
OLDEST = 120


class Said:
    """The fields of a row about which somebody should know something."""

    def __init__(self, where):
        self.where = where
        self.notes = []

    def add(self, field, words):
        if (field, words) not in self.notes:
            self.notes.append((field, words))


def text(data, name, said):
    """A text without markup; empty for null. Refuses what is no text, or absurdly long."""
    value = data.get(name)
    if value is None:
        return ""
    if isinstance(value, (dict, list, bool)):
        said.where.at(name).refuse("must be text.")
    value = str(value).strip()
    if len(value) > LONGEST_TEXT:
        said.where.at(name).refuse(
            f"is {len(value)} characters long; {LONGEST_TEXT} is the most. Shorten it in the feed."
        )
    return _plain(value) if "<" in value or "&" in value else value


def _plain(value):
    try:
        return html.unescape(strip_tags(value)).strip()
    except SuspiciousOperation:  # thousands of opened tags
        return value


def cut(value, most, field, said):
    """The text, or the first of it where there is no room for more."""
    if len(value) <= most:
        return value
    said.add(field, f"is longer than {most} characters: it was cut off.")
    return f"{value[: most - 1]}…"


def things(data, name, said):
    """The objects of a list; empty for null. Refuses anything else."""
    found = data.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        said.where.at(name).refuse("must be a list.")
    for number, one in enumerate(found, 1):
        if not isinstance(one, dict):
            said.where.at(name).at(number).refuse("must be an object.")
    return found


def thing(data, name, said):
    """An object; empty for null. Refuses anything else."""
    found = data.get(name)
    if found is not None and not isinstance(found, dict):
        said.where.at(name).refuse("must be an object.")
    return found or {}


def number(data, name):
    """A number, also one written as text, or None."""
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def age(data, name, said):
    """Whole years, or None."""
    if data.get(name) in (None, ""):
        return None
    found = number(data, name)
    if found is None or not 0 <= found <= OLDEST:
        said.add(name, f"is no age from 0 to {OLDEST}: it was left out.")
        return None
    return int(found)


def checked(value, check, field, said):
    """The value if a validator takes it, else nothing."""
    try:
        if value:
            check(value)
    except ValidationError:
        said.add(field, "cannot be used as it is written: it was left out.")
        return ""
    return value


def phone_number(written, country):
    """(number as it is kept, extension) of a number as somebody wrote it; None where none."""
    written = re.sub(r"^tel:", "", written.strip().strip("'\"“”„`").strip(), flags=re.IGNORECASE)
    if is_short_code(written) and not any(c.isalpha() for c in written):
        return digits(written), ""
    try:
        parsed = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    extension, parsed.extension = parsed.extension or "", None
    form = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form), extension
