"""Which act leads from which state to which, who may do it, and when silence turns overdue."""

import datetime
from dataclasses import dataclass

from referrals.models import Referral, ReferralEvent

State, Urgency, By = Referral.State, Referral.Urgency, ReferralEvent.By

OPEN = frozenset(state for state in State if state not in (State.CLOSED, State.RECALLED))
#: States in which the service has not said yes or no.
UNANSWERED = frozenset({State.SENT, State.RECEIVED})

WORKER_SIDE = frozenset({By.WORKER, By.PARTNER})
#: A worker writes down what a service said on the phone, so each answer can come from both sides.
BOTH = WORKER_SIDE | {By.RECEIVER}


@dataclass(frozen=True)
class Rule:
    """From these states to this one, by these; `consent`: only while the person's yes holds."""

    sources: frozenset
    to: State
    by: frozenset = BOTH
    consent: bool = True


RULES = {
    "receive": Rule(frozenset({State.SENT}), State.RECEIVED),
    # A service may change its mind while the referral is open: a bed comes free, or is gone.
    "accept": Rule(UNANSWERED | {State.REFUSED}, State.ACCEPTED),
    # …and may give another reason than the one tapped first.
    "refuse": Rule(UNANSWERED | {State.ACCEPTED, State.REFUSED}, State.REFUSED),
    "arrive": Rule(frozenset({State.ACCEPTED, State.ABSENT}), State.ARRIVED),
    "miss": Rule(frozenset({State.ACCEPTED}), State.ABSENT),
    "close": Rule(OPEN, State.CLOSED, BOTH | {By.CLOCK}, consent=False),
    "withdraw": Rule(OPEN, State.RECALLED, WORKER_SIDE, consent=False),
}
#: A service closes what it has answered; only the worker closes what it has not.
RECEIVER_CLOSES = frozenset({State.REFUSED, State.ARRIVED, State.ABSENT})

_HOUR, _DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
#: How long nobody need worry: until the mail is opened, then until it is answered.
OPENED_WITHIN = {Urgency.DAY: _HOUR, Urgency.THREE_DAYS: 3 * _HOUR, Urgency.TWO_WEEKS: _DAY}
ANSWERED_WITHIN = {Urgency.DAY: 3 * _HOUR, Urgency.THREE_DAYS: _DAY, Urgency.TWO_WEEKS: 3 * _DAY}
#: By when the person should have arrived once there is a yes.
ARRIVED_WITHIN = {Urgency.DAY: _DAY, Urgency.THREE_DAYS: 3 * _DAY, Urgency.TWO_WEEKS: 14 * _DAY}
_AT_ONCE = dict.fromkeys(Urgency, datetime.timedelta())
_LIMITS = {
    State.SENT: OPENED_WITHIN,
    State.RECEIVED: ANSWERED_WITHIN,
    State.ACCEPTED: ARRIVED_WITHIN,
    # A no, or nobody who came: now it is the worker's turn.
    State.REFUSED: _AT_ONCE,
    State.ABSENT: _AT_ONCE,
}
#: States in which it is the service, or the person, that is silent.
SILENT = UNANSWERED | {State.ACCEPTED}

#: How long a person's yes holds at most.
CONSENT = 30 * _DAY
#: The urgency of a referral from that of the step in the plan.
FROM_PLAN = {
    "now": Urgency.DAY,
    "hours": Urgency.DAY,
    "today": Urgency.DAY,
    "soon": Urgency.THREE_DAYS,
    "when-ready": Urgency.TWO_WEEKS,
}


def due(state, urgency, since):
    """When silence in a state turns overdue, counted from an aware moment; None where none is due."""
    limits = _LIMITS.get(State(state))
    return since + limits[Urgency(urgency)] if limits else None


def may(act, referral, by, now):
    """Whether somebody may do this to a referral as it stands."""
    rule = RULES[act]
    return (
        referral.state in rule.sources
        and by in rule.by
        and (not rule.consent or now <= referral.consent_until)
        and not (act == "close" and by == By.RECEIVER and referral.state not in RECEIVER_CLOSES)
    )
