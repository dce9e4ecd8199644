"""A referral as a partner's program reads it: never how the worker is reached, never who that is."""

from django.utils import timezone

from referrals.handoff import codes, rules
from services.hsds.plain import moment


def referral_body(referral):
    """Every field always there, null where nothing is said; the city and the events are read."""
    # Once there is a no, nobody is waited for: it is the program's turn.
    due_at = referral.due_at if referral.state in rules.SILENT else None
    return {
        "id": str(referral.pk),
        "code": codes.written(referral.code),
        "city": referral.city.slug,
        "service": referral.service_id and str(referral.service_id),
        "need": referral.need,
        "group": referral.group or None,
        "urgency": referral.urgency,
        "language": referral.language or None,
        "state": referral.state,
        "reason": referral.reason or None,
        "overdue": due_at is not None and due_at < timezone.now(),
        "due_at": moment(due_at) or None,
        "consent_until": moment(referral.consent_until),
        "created_at": moment(referral.created_at),
        "answered_at": moment(referral.answered_at) or None,
        "closed_at": moment(referral.closed_at) or None,
        "events": [
            {
                "number": event.number,
                "act": event.act,
                "state": event.state,
                "by": event.by,
                "at": moment(event.at),
            }
            for event in referral.events.all()
        ],
    }
