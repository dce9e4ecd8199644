"""The sketches of a city made of those of before: only what has changed since is read.

A listing that changes has another `last_modified` (`services.changes` moves it in the transaction of the
change, before `services.versions` gives the city another version), and a sketch knows how long the clock
leaves it as it is. So whoever asks after a change waits for one listing, not for all of the city. That
somebody was reached is no change (`services.vouching.reached`): it is looked for apart, once an hour.
"""

import datetime

from django.utils import timezone

from services import sketches
from services.json_rows import id_as_text
from services.models import Confirmation, Service
from services.packed import Packed, bytes_of, microseconds

#: Services read at once: SQLite refuses a query that names a thousand rows one by one.
READ_AT_ONCE = 500
#: Once so large a part has been replaced all are read anew: values that no row has any longer stay in the columns.
WORN = 1 / 4
#: As the columns have moments.
_HOUR = 60 * 60 * 10**6
#: And after so long: what was changed past the site stands no longer than that.
WHOLE_FOR = 24 * _HOUR


def sketches_of(city, audience, before=None):
    """All `Packed` sketches of a city as this audience may see them now.

    `before` are those of this audience and of a time zone of the city that is still its own, as they
    were at any other time; they themselves where nothing is new. One query where there is nothing new, and one for each `READ_AT_ONCE` that is.
    """
    now = microseconds(timezone.now())
    # A clock that was put back may have aged them too early.
    if before is None or not before.read_at <= now < before.whole_at + WHOLE_FOR:
        return Packed(sketches.each(city, audience=audience))
    services = Service.objects.visible_to(audience).serving(city)
    stay, gone = _compared(before, services, now, _reached(before, services, now))
    if before.replaced + len(gone) > WORN * len(before):
        return Packed(sketches.each(city, audience=audience))
    found = []
    for start in range(0, len(gone), READ_AT_ONCE):
        some = services.filter(pk__in=gone[start : start + READ_AT_ONCE])
        found += sketches.read(city, some, audience)
    return before.renewed(stay, found) if found or len(stay) < len(before) else before


def _reached(before, services, now):
    """The numbers of those where somebody was reached on a later day than their sketch says.

    One query for every hour.
    """
    if now // _HOUR == before.read_at // _HOUR:
        return set()
    numbers, found = before.numbers(), set()
    seen = datetime.datetime.fromtimestamp(before.read_at / 10**6, datetime.UTC)
    rows = Confirmation.objects.filter(
        service__in=services.order_by(), confirmed_at__gte=seen - datetime.timedelta(days=1)
    )
    for pk, group, at in rows.values_list(id_as_text("service"), "field_group", "confirmed_at"):
        number = numbers.get(bytes_of(pk))
        if number is not None:
            known = before[number].trust[group].on
            if known is None or known < at.date():
                found.add(number)
    return found


def _compared(before, services, now, reached):
    """(the numbers of the sketches that say what is, the ids of the services that must be read)."""
    numbers, stay, gone = before.numbers(), [], []
    rows = services.order_by().values_list(id_as_text("pk"), "last_modified")
    for pk, last_modified in rows:
        number = numbers.get(bytes_of(pk), -1)
        known = number >= 0 and before.modified[number] == microseconds(last_modified)
        if known and now < before.until[number] and number not in reached:
            stay.append(number)
        else:
            gone.append(pk)
    return sorted(stay), gone
