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
from services.visibility import Audience

HOUR, MINUTE = datetime.timedelta(hours=1), datetime.timedelta(minutes=1)


def city_with(slug, reader):
    """(the `City` of a slug or None, its state for a reader); one query."""
    city = City.objects.filter(slug=slug).first()
    if city is None:
        return None, None
    is_public = reader.audience is Audience.PUBLIC
    return city, (str(city.pk), city.last_public_change if is_public else city.last_change)


def of_everything(reader):
    """The state of the whole directory for a reader; None while a change waits for its number. One query."""
    column = "last_public" if reader.audience is Audience.PUBLIC else "last"
    waiting = Exists(Change.objects.filter(number=None))
    row = ChangeCounter.objects.annotate(waiting=waiting).values_list(column, "waiting").first()
    return ("everything", row[0]) if row and not row[1] else None


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
