"""Whether this machine's clock may be believed by work that deletes.

A clock that is a year ahead would close every referral, mark every city as a sample and delete what
is to be kept for months. Nothing on the machine can tell such a clock from a site that was switched
off for a year. So, when the time since the last tick is longer than a long weekend, or below
nothing, work that believes the clock waits until the clock has gone on evenly for a day, in which
somebody, or the time service, will have set it right; or until somebody says that it is right.
"""

import datetime

from django.db.models import Q

from operations.tick import claims

NAME = "clock"
JUMPED = "ClockJumped"
#: The longest time between two ticks that nobody wonders about.
LEAP = datetime.timedelta(days=4)
PROBATION = datetime.timedelta(days=1)


def look(now):
    """Compare the clock with the last look; how far it jumped just now, or None. Two queries or three."""
    row, is_new = claims.rows().get_or_create(name=NAME, defaults={"finished_at": now})
    mine = claims.rows().filter(name=NAME)
    jump = None if is_new else now - row.finished_at
    if jump is not None and abs(jump) > LEAP:
        mine.update(finished_at=now, started_at=now, error=JUMPED)
        return jump
    mine.update(finished_at=now)
    # Only if nobody has seen another jump meanwhile.
    mine.filter(started_at__lte=now - PROBATION).update(started_at=None, error="")
    return None


def doubted_until(now):
    """Until when work that believes the clock waits, as things stand; None: it need not. One query."""
    row = claims.rows().filter(Q(error=JUMPED), name=NAME).first()
    return row and row.started_at + PROBATION


def believe(now):
    """Somebody has said that the clock is right."""
    claims.rows().update_or_create(
        name=NAME, defaults={"finished_at": now, "started_at": None, "error": ""}
    )
