"""Who is changing listings just now, and by which way: for the history, never for the outside."""

import contextlib
import contextvars
import enum
from dataclasses import dataclass


class Way(enum.StrEnum):
    """By which way a change came."""

    FORM = "form"
    CONFIRM = "confirm"
    REVERT = "revert"
    IMPORT = "import"
    CHECK = "check"
    REPORT = "report"
    COMMAND = "command"


@dataclass(frozen=True)
class Actor:
    """A user's id, or none where nobody was signed in, and the way."""

    user_id: int | None = None
    way: Way = Way.COMMAND


_NOBODY = Actor()
_actor = contextvars.ContextVar("actor", default=_NOBODY)


def current():
    """The `Actor` of this moment."""
    return _actor.get()


@contextlib.contextmanager
def acting(user, way):
    """Changes made inside are by this user (None for nobody signed in), by this way."""
    token = _actor.set(Actor(getattr(user, "pk", None), Way(way)))
    try:
        yield
    finally:
        _actor.reset(token)
