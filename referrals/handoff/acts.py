"""The only functions that make or change a referral: each checks the state before and the consent.

All of them may be called twice: the second time changes nothing and logs nothing. An act that no
longer fits raises `TooLateError`, and the page shows how it stands now.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from referrals.handoff import codes, contacts, counting, learning, letters, rules, webhooks
from referrals.models import Letter, Referral, ReferralEvent

State, By = Referral.State, ReferralEvent.By


class TooLateError(Exception):
    """The referral stands otherwise than this act needs; `referral` is how it stands now."""

    def __init__(self, referral):
        super().__init__("too late")
        self.referral = referral


class ConsentOverError(TooLateError):
    """The person's yes has run out: a new one is needed before anything more is passed on."""


class NoConsentError(Exception):
    """Nobody said that the person agrees."""


class DuplicateError(Exception):
    """This code was referred to this service already, and that is still open: `referral`."""

    def __init__(self, referral):
        super().__init__("duplicate")
        self.referral = referral


@dataclass(frozen=True)
class Wanted:
    """What a referral passes on, and nothing else: codes of fixed lists, and how to reach the worker."""

    city: object
    service: object
    need: str
    urgency: str
    group: str = ""
    language: str = ""
    contact: str = Referral.Contact.NONE
    contact_value: str = ""
    code: str = ""


def refer(wanted, *, consent, worker=None, key=None):
    """Make a `Referral` and the mail to the service, if it has an address.

    `consent` must be True: the person said yes to this, having been told what is passed, to whom
    and for how long. Raises NoConsentError, DuplicateError.
    """
    if consent is not True:
        raise NoConsentError
    now = timezone.now()
    referral = Referral(
        code=wanted.code or codes.new(),
        city=wanted.city,
        service=wanted.service,
        worker=worker,
        key=key,
        need=wanted.need,
        group=wanted.group,
        urgency=wanted.urgency,
        language=wanted.language,
        created_at=now,
        consent_until=now + rules.CONSENT,
        due_at=rules.due(State.SENT, wanted.urgency, now),
    )
    contacts.put(referral, wanted.contact, wanted.contact_value)
    try:
        with transaction.atomic():
            _log(referral, "refer", By.PARTNER if key else By.WORKER, now)
            letters.line_up_new(referral)
    except IntegrityError:
        same = Referral.objects.filter(
            code=referral.code, service=referral.service, closed_at=None
        ).first()
        if same is None:
            raise
        raise DuplicateError(same) from None
    return referral


def receive(pk, by):
    """The service has seen it; the answer follows."""
    return _act(pk, "receive", by)


def accept(pk, by):
    """The service can take the person."""
    return _act(pk, "accept", by)


def refuse(pk, by, reason):
    """The service cannot take the person; `reason` is one of `Referral.Reason`."""
    return _act(pk, "refuse", by, reason=Referral.Reason(reason))


def arrive(pk, by):
    """The person has arrived."""
    return _act(pk, "arrive", by)


def miss(pk, by):
    """The person did not arrive."""
    return _act(pk, "miss", by)


def close(pk, by):
    """Nothing more is waited for."""
    return _act(pk, "close", by)


def withdraw(pk, by):
    """The person takes back their yes: recalled everywhere, at once."""
    return _act(pk, "withdraw", by)


def erase(pk, by):
    """Forget a referral now: what is open is recalled first, and counted."""
    with transaction.atomic():
        referral = _locked(pk)
        if referral.is_open:
            _move(referral, "withdraw", by, timezone.now())
        letters.let_go([referral])
        referral.delete()


def _act(pk, act, by, *, reason=""):
    """Do something to a referral; the `Referral` as it stands then."""
    with transaction.atomic():
        referral = _locked(pk)
        done = referral.state == rules.RULES[act].to and (not reason or referral.reason == reason)
        if done:
            return referral
        now = timezone.now()
        if not rules.may(act, referral, by, now):
            over = referral.is_open and now > referral.consent_until
            raise (ConsentOverError if over else TooLateError)(referral)
        _move(referral, act, by, now, reason=reason)
        return referral


def _locked(pk):
    """The referral as it stands now; nobody else changes it until this transaction ends."""
    return Referral.objects.select_for_update(of=("self",)).get(pk=pk)


def _move(referral, act, by, now, *, reason=""):
    before = referral.state
    referral.state = rules.RULES[act].to
    referral.due_at = rules.due(referral.state, referral.urgency, now)
    referral.told_at = None
    if act in ("accept", "refuse"):
        referral.reason = reason
        referral.answered_at = referral.answered_at or now
    if referral.state not in rules.OPEN:
        _forget_details(referral, now)
        counting.count(referral, before)
    _log(referral, act, by, now)
    letters.follow(referral, act, by)
    learning.learn(referral, act, by)


def _forget_details(referral, now):
    referral.closed_at = now
    contacts.put(referral, Referral.Contact.NONE, "")
    Letter.objects.filter(referral=referral, state=Letter.State.WAITING).update(
        state=Letter.State.NEEDLESS, sealed_token=""
    )


def _log(referral, act, by, now):
    """Save it, with the event under the next number; the database refuses the same number twice."""
    referral.version += 1
    referral.save()
    event = ReferralEvent.objects.create(
        referral=referral, number=referral.version, act=act, state=referral.state, by=by, at=now
    )
    webhooks.queue(event)
