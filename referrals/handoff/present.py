"""A referral in words: what it is, how it stands, what to do next. Shared by both sides."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.handoff import codes, contacts, letters, rules
from referrals.models import Letter, Referral
from services.languages import language_name

State = Referral.State

NEXT = {
    State.SENT: gettext_lazy("Wait for their answer, or call them."),
    State.RECEIVED: gettext_lazy("They have seen it. Wait for their answer."),
    State.REFUSED: gettext_lazy("Try plan B."),
    State.ACCEPTED: gettext_lazy("Bring or send the person. Then write down whether they arrived."),
    State.ABSENT: gettext_lazy("Ask the person, if that is safe. Then try again, or close it."),
    State.ARRIVED: gettext_lazy("Close it: it is then only counted."),
}
SILENT_NEXT = {
    State.SENT: gettext_lazy("Nobody opened it. Call them, or try plan B."),
    State.RECEIVED: gettext_lazy("No answer in time. Call them, or try plan B."),
    State.ACCEPTED: gettext_lazy("Did the person arrive? Ask the service."),
}
NO_MAIL = gettext_lazy("No mail reaches this service. Call them, and write down what they say.")
LEFT = gettext_lazy("This service is no longer in the directory. Send nobody there; try plan B.")


@dataclass(frozen=True)
class Shown:
    """A referral as a page shows it."""

    referral: Referral
    code: str
    spoken: str
    need: str
    group: str
    urgency: str
    language: str
    state: str
    reason: str
    is_overdue: bool
    #: The acts that this side may do now.
    may: frozenset
    listing: object = None
    next: str = ""
    contact: str = ""

    @property
    def name(self):
        return self.listing.name if self.listing else _("A service that has left the directory")


def shown(referral, words, by, now, *, listing=None):
    """The `Shown` of a referral for one side; `words` are `services.names.names`."""
    overdue = bool(referral.is_open and referral.due_at and referral.due_at <= now)
    return Shown(
        referral=referral,
        code=codes.written(referral.code),
        spoken=codes.spoken(referral.code),
        need=words.needs.get(referral.need, referral.need),
        group=words.groups.get(referral.group, referral.group),
        urgency=str(referral.get_urgency_display()),
        language=language_name(referral.language) if referral.language else "",
        state=str(referral.get_state_display()),
        reason=str(referral.get_reason_display()) if referral.state == State.REFUSED else "",
        is_overdue=overdue and referral.state in rules.SILENT,
        may=frozenset(act for act in rules.RULES if rules.may(act, referral, by, now)),
        listing=listing,
        next=str(_next(referral, listing, overdue)),
        contact=contacts.read(referral),
    )


def _next(referral, listing, overdue):
    if not referral.is_open:
        return ""
    if listing is None:
        return LEFT
    if overdue and referral.state in SILENT_NEXT:
        return SILENT_NEXT[referral.state]
    if referral.state == State.SENT and letters.state_of_question(referral) in (
        "",
        Letter.State.FAILED,
        Letter.State.NEEDLESS,
    ):
        return NO_MAIL
    return NEXT[referral.state]
