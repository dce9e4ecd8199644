"""Needs that ended in nothing: counted when a plan's page had no door of their own for them.

A count is a city, a month, a need and perhaps a group; no session, moment or combination of needs.
The device remembers in its own cookie what it has counted, so that reloading counts nothing twice.
A plan without any answer is nobody's: machines that read every page would be most of the count.
"""

from django.core.signals import request_finished
from django.db.models import F
from django.dispatch import receiver
from django.utils import timezone

from referrals.handoff.counting import month_of
from referrals.models import DeadEnd
from services.models import City
from services.tally import Tally

WRITTEN_EVERY = 60
#: Stands for every visit, whatever is known of the person.
ANY_GROUP = ""


def counted(seen, plan):
    """Count the dead ends of a `Plan` that this `Visit` has not counted yet; the visit with them.

    No query: they are written after the answer was sent.
    """
    if not seen.answers:
        return seen
    fallen = dict.fromkeys(step.need for step in plan.steps if step.fallback)
    new = [need for need in fallen if need not in seen.beside.counted]
    groups = (ANY_GROUP, *sorted(seen.journey.facts.all_groups))
    _tally.add((str(seen.city.pk), need, group) for need in new for group in groups)
    return seen.keeping(counted=(*seen.beside.counted, *new)) if new else seen


def forget():
    """Drop what has been counted and not yet written (tests)."""
    _tally.forget()


def flush():
    """Write what has been counted; a few queries, none where nothing is to be written."""
    _tally.flush()


# Once the answer has been sent: no reader waits for it.
@receiver(request_finished)
def after_request(**_details):
    """Write if the last time is long enough ago."""
    _tally.flush(every=WRITTEN_EVERY)


def _write(counts):
    """Into the month of this moment: one that is over, and perhaps published, never changes."""
    now = timezone.now()
    cities = City.objects.in_bulk({city for city, _need, _group in counts}, field_name="pk")
    months = {str(pk): month_of(now, city) for pk, city in cities.items()}
    known = sorted(key for key in counts if key[0] in months)
    rows = [
        DeadEnd(city_id=city, month=months[city], need=need, group=group)
        for city, need, group in known
    ]
    DeadEnd.objects.bulk_create(rows, ignore_conflicts=True)
    # In order, so that two processes never wait for each other.
    for city, need, group in known:
        row = DeadEnd.objects.filter(city=city, month=months[city], need=need, group=group)
        row.update(count=F("count") + counts[city, need, group])


_tally = Tally(_write)
