"""How many there are of a collection: a million take long to count, and pages ask for it each time.

Kept for a state of the directory (`services.api.states`) and a kind of reader. Only of what was
asked for without a filter: nothing that somebody looked for is kept.
"""

from services.kept import Kept

_kept = Kept(500)


def count(found, collection, state, reader):
    """The number of rows of a queryset that is all of a collection in this state, for a reader."""
    key = (collection, state, reader.audience, tuple(sorted(map(str, reader.cities))))
    return _kept.get(key, found.count)


def forget():
    """Drop what is kept (tests, and imports that bypass signals)."""
    _kept.forget()
