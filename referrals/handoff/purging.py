"""Referrals whose consent has run out are closed, and closed ones reduced to the counts they left.

Each step is a transaction of its own: a run may be killed at any moment, and two may run at once.
"""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from referrals.handoff import acts, letters
from referrals.models import DeadEnd, Outcome, Referral, ReferralDelivery, ReferralEvent
from referrals.statistics.quarters import oldest_kept

By = ReferralEvent.By

#: Referrals deleted in one transaction, with their events and letters.
BATCH = 200
#: A quarter goes when it has left the pages of every city, whatever its clock says.
CLOCKS = datetime.timedelta(days=2)
#: Longer than a webhook is tried again.
UNTOLD = datetime.timedelta(days=3)


@dataclass(frozen=True)
class Purged:
    """What a run did (or would do): numbers of referrals, and of old rows of counts."""

    closed: int
    reduced: int
    open: int
    old_counts: int


def purge():
    """Close what is over, delete what closed long ago, and counts that are too old; a `Purged`."""
    now = timezone.now()
    return Purged(
        closed=_close_over(now),
        reduced=_delete_closed(now),
        old_counts=sum(rows.delete()[0] for rows in _old_counts(now)),
        open=Referral.objects.filter(closed_at=None).count(),
    )


def foresee():
    """The `Purged` that a run would say now; it changes nothing."""
    now = timezone.now()
    over = _over(now).count()
    # What is closed by the run itself has closed now: it goes at once where nothing is kept.
    at_once = over if settings.REFERRAL_KEPT_DAYS == 0 else 0
    return Purged(
        closed=over,
        reduced=_closed_long_ago(now).count() + at_once,
        old_counts=sum(rows.count() for rows in _old_counts(now)),
        open=Referral.objects.filter(closed_at=None).count() - over,
    )


def _over(now):
    """Open referrals for which the person's yes has run out: nobody may do more than end them."""
    return Referral.objects.filter(closed_at=None, consent_until__lt=now)


def _close_over(now):
    closed = 0
    for pk in list(_over(now).values_list("pk", flat=True)):
        with transaction.atomic():
            # Somebody may have ended it since: looked at again once nobody else can.
            Referral.objects.select_for_update().filter(pk=pk).first()
            if _over(now).filter(pk=pk).exists():
                acts.close(pk, By.CLOCK)
                closed += 1
    return closed


def _closed_long_ago(now):
    """Those kept long enough; one of which a partner is still to be told waits some days more."""
    kept = datetime.timedelta(days=settings.REFERRAL_KEPT_DAYS)
    untold = ReferralDelivery.objects.filter(
        event__referral=OuterRef("pk"), state=ReferralDelivery.State.WAITING
    )
    told = ~Exists(untold) | Q(closed_at__lte=now - max(kept, UNTOLD))
    return Referral.objects.filter(told, closed_at__lte=now - kept)


def _delete_closed(now):
    # Those that this run has closed have closed a moment after its beginning.
    now = timezone.now() if settings.REFERRAL_KEPT_DAYS == 0 else now
    deleted = 0
    while number := _delete_some(_closed_long_ago(now)):
        deleted += number
    return deleted


@transaction.atomic
def _delete_some(referrals):
    """Delete a batch of those that no other run is deleting; how many."""
    mine = referrals.order_by("pk").select_for_update(skip_locked=True)
    pks = list(mine.values_list("pk", flat=True)[:BATCH])
    letters.let_go(pks)
    Referral.objects.filter(pk__in=pks).delete()
    return len(pks)


def _old_counts(now):
    oldest = oldest_kept((now - CLOCKS).date()).start
    return [model.objects.filter(month__lt=oldest) for model in (Outcome, DeadEnd)]
