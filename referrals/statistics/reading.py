"""The counts of a city, as much of them as may be read."""

from zoneinfo import ZoneInfo

from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min
from django.utils import timezone

from referrals.models import DeadEnd, Outcome
from referrals.statistics import quarters
from referrals.statistics.publication import publish

_OUTCOME = ("month", "need", "group", "urgency", "end", "reason", "speed", "count")
_DEAD_END = ("month", "need", "group", "count")


def today_in(city):
    """This day on the city's clock."""
    return timezone.now().astimezone(ZoneInfo(city.timezone)).date()


def began(city):
    """The day since which this site counts: that on which its tables were made.

    Not that of the first row: a quarter that appears would say that there was somebody.
    """
    made = MigrationRecorder.Migration.objects.filter(app="referrals").aggregate(Min("applied"))
    first = made["applied__min"] or timezone.now()
    return first.astimezone(ZoneInfo(city.timezone)).date()


def quarters_of(city):
    """The quarters that may be read, newest first; one query."""
    return quarters.published(began(city), today_in(city))


def first_quarter(city):
    """The quarter in which counting began: the first that will be read."""
    return quarters.quarter_of(began(city))


def publications(city, wanted):
    """A `Publication` of each of these quarters, in their order; two queries."""
    months = [month for quarter in wanted for month in quarter.months]
    mine = {"city": city, "month__in": months}
    outcomes = list(Outcome.objects.filter(**mine).values(*_OUTCOME))
    dead_ends = list(DeadEnd.objects.filter(**mine).values(*_DEAD_END))
    return [
        publish(quarter, _within(quarter, outcomes), _within(quarter, dead_ends))
        for quarter in wanted
    ]


def _within(quarter, rows):
    return [row for row in rows if row["month"] in quarter.months]
