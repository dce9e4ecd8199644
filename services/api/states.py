"""The state of the directory that an answer is made of: whoever has it already is told so at once.

Of a city and of everything that is the number of the last change that the reader may notice: one
row in either case. A city's `version` would tell that something changed of what is kept secret.
The clock is part of it, as confirmations age and free places run out without anybody's doing, and so
is the program, which another release may have write otherwise.
"""

import datetime
import functools
import hashlib
from pathlib import Path

from django.conf import settings
from django.db.models import Exists
from django.utils import timezone

from services.models import Change, ChangeCounter, City
from services.prepared import Prepared
from services.visibility import Audience

HOUR, MINUTE = datetime.timedelta(hours=1), datetime.timedelta(minutes=1)


_CITY = Prepared(
    City,
    lambda slug: (
        City.objects.filter(slug=slug)
        .order_by()
        .values_list("pk", "last_change", "last_public_change")
    ),
)
_EVERYTHING = Prepared(
    ChangeCounter,
    lambda _nothing: ChangeCounter.objects.annotate(
        waiting=Exists(Change.objects.filter(number=None))
    ).values_list("last", "last_public", "waiting"),
)


def of_city(values, reader, request):
    """The state, for a reader, of the city that these values name; None where there is none. One query.

    Whoever says that they have an answer already costs three numbers. For others the whole `City` is
    read at once, and put into the values.
    """
    if "HTTP_IF_NONE_MATCH" in request.META:
        row = _CITY.first(values["city"])
    else:
        city = next(iter(City.objects.filter(slug=values["city"]).order_by()), None)
        row = city and (city.pk, city.last_change, city.last_public_change)
        values["city"] = city or values["city"]
    if row is None:
        return None
    pk, last, last_public = row
    # SQLite keeps an id without dashes.
    return str(pk).replace("-", ""), last_public if _is_public(reader) else last


def of_everything(reader):
    """The state of the whole directory for a reader; None while a change waits for its number. One query."""
    last, last_public, waiting = _EVERYTHING.first() or (0, 0, True)
    if waiting:
        return None
    return "everything", last_public if _is_public(reader) else last


def _is_public(reader):
    return reader.audience is Audience.PUBLIC


def newest_of(state):
    """The number of the newest change in a state of everything; None where there is no state."""
    return state and state[1]


def etag(request, reader, language, state, lasts=HOUR):
    """What an answer in this state is known by: for this address, reader and language."""
    about = (
        state,
        int(timezone.now().timestamp() // lasts.total_seconds()),
        request.path,
        sorted(request.query_params.lists()),
        reader.audience.name,
        sorted(map(str, reader.cities)),
        language,
        request.get_host(),
        _program(language),
    )
    return f'W/"{hashlib.blake2b(repr(about).encode(), digest_size=16).hexdigest()}"'


@functools.cache
def _program(language):
    """What answers are written by: the code of the directory, and the words of a language."""
    known = hashlib.blake2b(digest_size=16)
    folder = Path(settings.BASE_DIR)
    words = folder / "locale" / language / "LC_MESSAGES" / "django.mo"
    for file in [*sorted((folder / "services").rglob("*.py")), words]:
        if file.exists():
            known.update(file.read_bytes())
    return known.hexdigest()
