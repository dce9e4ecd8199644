"""What a referral teaches the directory: who is taken after all, and that somebody answers."""

import datetime

from django.utils import timezone

from referrals.models import Referral, ReferralEvent
from services import vouching
from services.confirming import due, proposals
from services.models import Confirmation, Criterion, Service, Signal, signals
from services.signals import telling

By, Reason, Stance = ReferralEvent.By, Referral.Reason, Service.Stance
Code = Criterion.Code

#: So many refusals for one reason, of so many workers, within so long, are more than one bad day.
REFUSALS, WORKERS, WINDOW = 3, 2, datetime.timedelta(days=30)

#: What a reason says of a listing whatever the person; the others depend on who was refused.
CRITERIA = {
    Reason.CHILDREN: Code.WITH_CHILDREN,
    Reason.PAPERS: Code.NO_PAPERS,
    Reason.ACCESS: Code.STEP_FREE,
}
#: What a reason says where the group is known.
CRITERIA_OF_GROUP = {
    (Reason.AGE, "unaccompanied-children"): Code.MINORS,
    (Reason.GENDER, "women-girls"): Code.WOMEN,
    (Reason.GROUP, "lgbtqi"): Code.LGBTQI,
    (Reason.GROUP, "women-girls"): Code.WOMEN_GIRLS,
    (Reason.GROUP, "unaccompanied-children"): Code.UNACCOMPANIED_CHILDREN,
    (Reason.GROUP, "families"): Code.FAMILIES,
}


def learn(referral, act, by):
    """Take what an answer teaches back to the listing; call it in the transaction of the act."""
    if referral.service_id is None or act not in ("accept", "refuse"):
        return
    _tell(referral, act, by)
    _refresh_trust(referral, by)
    if act == "refuse":
        _propose(referral)


def _tell(referral, act, by):
    """Other workers see it on their plans for some hours, as if somebody had told it there."""
    kind, reason = Signal.Kind.CONNECTED, ""
    if act == "refuse":
        full = referral.reason == Reason.FULL
        kind = Signal.Kind.FULL if full else Signal.Kind.REFUSED
        reason = referral.reason if referral.reason in signals.Reason.values else ""
    if by == By.RECEIVER:
        telling.tell_as_organization(referral.service_id, kind, reason=reason)
    elif referral.worker is not None:
        telling.tell(referral.service_id, kind, reason=reason, worker=referral.worker)


def criterion_of(referral):
    """The criterion that a refusal bears on, or None where the reason tells nothing of a listing."""
    reason = Reason(referral.reason)
    return CRITERIA.get(reason) or CRITERIA_OF_GROUP.get((reason, referral.group))


def _refresh_trust(referral, by):
    """Whoever answered can be reached: their phone or address is right."""
    who = Confirmation.By.ORGANIZATION if by == By.RECEIVER else Confirmation.By.WORKER
    vouching.reached(referral.service_id, who, how="referral")


def _propose(referral):
    code = criterion_of(referral)
    if code is None:
        return
    since = timezone.now() - WINDOW
    alike = Referral.objects.filter(
        service=referral.service_id, reason=referral.reason, answered_at__gt=since
    )
    if referral.reason not in CRITERIA:
        alike = alike.filter(group=referral.group)
    whose = list(alike.order_by().values_list("worker", "key"))
    if len(whose) >= REFUSALS and len(set(whose)) >= WORKERS:
        language = due.language_of(referral.service.organization, referral.city)
        proposals.propose_criterion(referral.service_id, code, language, since)
