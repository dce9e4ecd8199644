"""How values are written in HSDS."""

import datetime


def moment(at):
    """A moment as HSDS writes it: UTC, to the millisecond."""
    return at.astimezone(datetime.UTC).isoformat(timespec="milliseconds")[:-6] + "Z" if at else ""


def without_empty(fields):
    """The fields that say something: the schemas refuse null, and an empty text says nothing."""
    return {name: value for name, value in fields.items() if value not in ("", None, [], {})}
