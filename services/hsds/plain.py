"""How values are written in HSDS."""

import datetime


def moment(at):
    """A moment as HSDS writes it: UTC, to the millisecond."""
    return at.astimezone(datetime.UTC).isoformat(timespec="milliseconds")[:-6] + "Z" if at else ""


def moment_of_text(text):
    """The same of a moment as a database writes it as text, which is in UTC; making a moment of it takes longer."""
    fraction = text[19:].partition("+")[0][1:4]
    return f"{text[:10]}T{text[11:19]}.{fraction:0<3}Z"


def without_empty(fields):
    """The fields that say something: the schemas refuse null, and an empty text says nothing."""
    return {name: value for name, value in fields.items() if value not in ("", None, [], {})}
