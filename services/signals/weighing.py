"""What everything told of one service comes to. Plain: no query, no request.

The organisation weighs more than a worker, a worker more than everybody who is not known. Who
got through later takes back what is not heavier; the organisation, or the city, answers by
confirming what was doubted. Numbers never weigh: a hundred taps of one source are one.
"""

import datetime
from dataclasses import dataclass

from services.models import Confirmation, Signal

Kind, By, Group = Signal.Kind, Signal.By, Confirmation.FieldGroup

WEIGHTS = {By.ANONYMOUS: 1, By.WORKER: 2, By.ORGANIZATION: 3}
#: What turns somebody away -> the fields whose confirmation answers it.
ANSWERED_BY = {
    Kind.NO_ANSWER: Group.CONTACT,
    Kind.FULL: Group.CAPACITY,
    Kind.REFUSED: Group.ACCEPTANCE,
}
#: Who can answer for a listing.
ANSWERING = (Confirmation.By.ORGANIZATION, Confirmation.By.CITY)
#: What holds for the next person too. Why one was refused need not hold for another: unknown is not no.
FOR_EVERYBODY = (Kind.NO_ANSWER, Kind.FULL)


@dataclass(frozen=True)
class Told:
    """What is told of a service: `counts` where it moves the service down in everybody's plan.

    `own` is what the reader's own device said, which moves it in the plan on that device alone.
    """

    kind: str
    reason: str
    at: datetime.datetime
    by: str
    counts: bool
    own: bool = False

    @property
    def is_known(self):
        """Whether a worker or the organisation said it, not somebody without an account."""
        return self.by in (By.WORKER, By.ORGANIZATION)


def weigh(signals, answered, now):
    """The one `Told` of a service at a moment, or None.

    `signals` have `kind`, `reason`, `by`, `at` and `expires_at`; `answered` maps a field group to
    the last moment at which the organisation or the city confirmed it.
    """
    return next(iter(standing(signals, answered, now)), None)


def standing(signals, answered, now):
    """Every `Told` that nobody has answered, the heaviest first; see `weigh`."""
    live = [signal for signal in signals if signal.at <= now < signal.expires_at]
    found = [
        signal
        for signal in live
        if signal.kind in ANSWERED_BY
        and not is_answered(signal, answered)
        and not _is_outdone(signal, live)
    ]
    return [
        Told(said.kind, said.reason, said.at, said.by, _counts(said))
        for said in sorted(found, key=_order, reverse=True)
    ]


def is_answered(signal, answered):
    """Whether what a signal says has been confirmed to be otherwise since."""
    moment = answered.get(ANSWERED_BY.get(signal.kind))
    return moment is not None and moment >= signal.at


def _is_outdone(signal, live):
    """Whether somebody who weighs as much got through later."""
    return any(
        other.kind == Kind.CONNECTED
        and other.at > signal.at
        and WEIGHTS[other.by] >= WEIGHTS[signal.by]
        for other in live
    )


def _counts(signal):
    return signal.by != By.ANONYMOUS and signal.kind in FOR_EVERYBODY


def _order(signal):
    """The heaviest, then what counts, then the newest."""
    return WEIGHTS[signal.by], _counts(signal), signal.at, signal.kind
