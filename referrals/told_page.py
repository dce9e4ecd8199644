"""What this device said of doors, as the plan's page shows it where it was said."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from referrals import tried
from services.models import Reason, Signal

Kind = Signal.Kind

#: What happened -> the sentence with the door's name, and the one where the door is gone since.
SENTENCES = {
    Kind.CONNECTED: (_("You said: connected with %(name)s."), _("You said: connected.")),
    Kind.NO_ANSWER: (_("You said: no answer at %(name)s."), _("You said: no answer.")),
    Kind.FULL: (_("You said: %(name)s is full."), _("You said: full.")),
    Kind.REFUSED: (_("You said: refused at %(name)s."), _("You said: refused.")),
    tried.UNSAFE: (_("You said: it is not safe at %(name)s."), _("You said: it is not safe.")),
}
NEXT = {
    Kind.CONNECTED: _(
        "Good. Stay with the person until somebody there has taken over, and agree when you "
        "speak again."
    ),
    tried.UNSAFE: _("The city has been told. Do not send the person there."),
}
#: Where nothing more was taken from here in this hour.
NOT_PASSED_ON = _(
    "This changed your own plan only: too much was sent from here in this hour to tell others."
)
UNSAFE_NOT_PASSED_ON = _(
    "Do not send the person there. Too much was sent from here in this hour: the city has not "
    "been told. Say it again in an hour."
)


@dataclass(frozen=True)
class SaidLine:
    """What was said of one door, for templates/referrals/_said.html."""

    service: str
    need: str
    sentence: str
    next: str
    reason: str
    reasons: tuple
    is_connected: bool


def said_lines(seen, need, listings):
    """What this device said at the step of a need, the newest last; `listings` by id."""
    return [
        _line(service, one, listings.get(service))
        for service, one in seen.tried.items()
        if one.need == need
    ]


def _line(service, one, listing):
    with_name, without = SENTENCES[one.kind]
    asks_why = one.kind == Kind.REFUSED and not one.reason
    return SaidLine(
        service=service,
        need=one.need,
        sentence=str(with_name) % {"name": listing.name} if listing else str(without),
        next=_next(one),
        reason=Reason(one.reason).label if one.reason else "",
        reasons=_reasons() if asks_why and listing else (),
        is_connected=one.kind == Kind.CONNECTED,
    )


def _next(one):
    if one.is_passed_on:
        return NEXT.get(one.kind, "")
    return UNSAFE_NOT_PASSED_ON if one.kind == tried.UNSAFE else NOT_PASSED_ON


def _reasons():
    return tuple((reason.value, capfirst(reason.label)) for reason in Reason)
