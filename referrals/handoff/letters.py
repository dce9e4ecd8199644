"""Mails about referrals: each is a row before it is sent, so that a run may end at any moment.

A mail says that something waits, and where; never what for. It is tried as soon as the change is
saved, and again by `manage.py send_referrals` where that failed.
"""

import datetime
import secrets
import smtplib
from collections import Counter

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from referrals.handoff import links, rules
from referrals.models import Letter, Referral, ReferralEvent
from services.confirming import due
from services.confirming.links import digest, site_url
from services.models import Service
from services.post import MailServerError, Post, is_final
from services.visibility import Audience

State, Kind, By = Letter.State, Letter.Kind, ReferralEvent.By

#: How long a letter belongs to the process that sends it; after a crash it is tried again then.
LEASE = datetime.timedelta(minutes=2)
#: How long to wait after each failure; after the last of them the letter is given up.
WAITS = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 360))

SUBJECTS = {
    Kind.NEW: "Somebody asks whether you have room",
    Kind.RECALL: "Please disregard our last question",
    Kind.SILENCE: "Something waits for you",
    Kind.ANSWER: "There is an answer for you",
}


def address_of(service, city):
    """Where a service is written to: its own address, else its organisation's; empty without any.

    Addresses of a sample have been confirmed by nobody: outside demonstrations nobody is written to.
    """
    if city.is_sample and settings.PRODUCTION:
        return ""
    halted = due.stopped()
    found = [service.email, service.organization.check_email]
    return next((email for email in found if email and email.lower() not in halted), "")


def line_up_new(referral):
    """Write down the mail with the link, where the service has an address."""
    email = address_of(referral.service, referral.city)
    if not email:
        return None
    secret = secrets.token_urlsafe(32)
    referral.token_hash = digest(secret)
    referral.save(update_fields=["token_hash"])
    language = due.language_of(referral.service.organization, referral.city)
    return _line_up(referral, Kind.NEW, email, language, sealed_token=links.seal(secret))


def follow(referral, act, by):
    """Write down what others must be told after an act."""
    if act == "withdraw":
        _recall(referral)
    elif act in ("accept", "refuse") and by == By.RECEIVER:
        tell_worker(referral, Kind.ANSWER)


def _recall(referral):
    """A service that was asked by mail is told by mail that the question is gone."""
    asked = next(filter(_may_be_out, referral.letters.filter(kind=Kind.NEW)), None)
    if asked:
        _line_up(referral, Kind.RECALL, asked.email, asked.language)


def let_go(referrals):
    """Before these referrals are deleted: recalls that wait go out all the same, tied to nothing."""
    waiting = Letter.objects.filter(referral__in=referrals, kind=Kind.RECALL, state=State.WAITING)
    waiting.update(referral=None)


def forget_sent():
    """Delete recalls of referrals that were erased, once they are out or given up; how many."""
    done = Letter.objects.filter(referral=None).exclude(state=State.WAITING)
    return done.delete()[0]


def _may_be_out(letter):
    """Whether a mail may have reached somebody: a server may take one and fail to say so."""
    return letter.state == State.SENT or letter.attempts > 0


def was_asked(referral):
    """Whether the service may have read of a referral by mail."""
    new = (letter for letter in referral.letters.all() if letter.kind == Kind.NEW)
    return any(map(_may_be_out, new))


def tell_worker(referral, kind):
    """Write down a mail to the worker that something is to be seen on their page."""
    if referral.worker and referral.worker.email and referral.worker.is_active:
        _line_up(referral, kind, referral.worker.email, settings.LANGUAGE_CODE)


def _line_up(referral, kind, email, language, **more):
    letter = Letter.objects.create(
        referral=referral, kind=kind, email=email, language=language, **more
    )
    # What goes wrong there is logged: the change itself is saved.
    transaction.on_commit(lambda: _at_once(letter), robust=True)
    return letter


def _at_once(letter):
    """Try it now: nobody waits for the next run. What fails is tried again by that."""
    try:
        deliver(only=letter)
    except MailServerError:
        return


def deliver(only=None):
    """Send what waits (or only this `Letter`); a Counter of what became of it.

    Raises MailServerError where no mail can be handed over.
    """
    counts = Counter()
    waiting = Letter.objects.filter(state=State.WAITING, next_attempt_at__lte=timezone.now())
    if only is not None:
        waiting = waiting.filter(pk=only.pk)
    waiting = waiting.select_related("referral").order_by("created_at", "pk")
    with Post() as post:
        for letter in list(waiting):
            if _claim(letter):
                counts[_attempt(letter, post)] += 1
    forget_sent()
    return counts


def _claim(letter):
    """Whether this process may send it: of several that try, one moves the next attempt."""
    lease = timezone.now() + LEASE
    unchanged = Letter.objects.filter(
        pk=letter.pk, state=State.WAITING, next_attempt_at=letter.next_attempt_at
    )
    claimed = unchanged.update(next_attempt_at=lease, attempts=F("attempts") + 1)
    letter.next_attempt_at = lease
    letter.attempts += 1
    return claimed == 1


def _attempt(letter, post):
    """Try once; what became of it."""
    if not _still_needed(letter):
        return _settle(letter, State.NEEDLESS, "")
    try:
        post.send(_message(letter))
    except MailServerError:
        again = {"next_attempt_at": timezone.now(), "attempts": letter.attempts - 1}
        _settle(letter, State.WAITING, "no server", **again)
        raise
    except InvalidToken:
        return _settle(letter, State.FAILED, "sealed with an older secret")
    except (OSError, ValueError, smtplib.SMTPException) as error:
        post.close()
        return _failed(letter, error)
    return _settle(letter, State.SENT, "")


def _still_needed(letter):
    """A question is asked only while it is open, of a service that is still in the directory."""
    if letter.kind != Kind.NEW:
        return True
    referral = letter.referral
    shown = Service.objects.visible_to(Audience.PROFESSIONAL)
    return referral.is_open and shown.filter(pk=referral.service_id).exists()


def _failed(letter, error):
    words = type(error).__name__
    final = isinstance(error, smtplib.SMTPRecipientsRefused) and is_final(error)
    if final or letter.attempts > len(WAITS):
        return _settle(letter, State.FAILED, words)
    wait = WAITS[letter.attempts - 1]
    return _settle(letter, State.WAITING, words, next_attempt_at=timezone.now() + wait)


def _settle(letter, state, words, **changes):
    """Write down what became of an attempt, unless another process has taken over meanwhile."""
    if state != State.WAITING:
        changes["sealed_token"] = ""
    mine = Letter.objects.filter(
        pk=letter.pk, state=State.WAITING, next_attempt_at=letter.next_attempt_at
    )
    mine.update(state=state, last_error=words, **changes)
    return str(state)


def _message(letter):
    """The mail: plain text, a subject that tells nothing, no code, no need, no name of a place."""
    with translation.override(letter.language):
        facts = {"site_name": settings.SITE_NAME}
        facts["link"] = (
            links.address(links.opened(letter.sealed_token), letter.language)
            if letter.kind == Kind.NEW
            else site_url() + reverse("my-referrals")
        )
        return EmailMessage(
            subject=gettext(SUBJECTS[letter.kind]),
            body=render_to_string(f"handoff/mail/{letter.kind}.txt", facts),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[letter.email],
            headers={"Auto-Submitted": "auto-generated"},
        )


def state_of_question(referral):
    """What became of the mail to the service: a `Letter.State`, or "" where there is none."""
    new = [letter for letter in referral.letters.all() if letter.kind == Kind.NEW]
    return str(new[-1].state) if new else ""


def tell_of_silence(now=None):
    """Write a letter to each worker whose referral turned overdue; how many."""
    now = now or timezone.now()
    overdue = Referral.objects.filter(
        closed_at=None, due_at__lt=now, told_at=None, state__in=rules.SILENT
    )
    told = 0
    for pk in list(overdue.values_list("pk", flat=True)):
        with transaction.atomic():
            waits = overdue.select_for_update(of=("self",)).select_related("worker")
            referral = waits.filter(pk=pk).first()
            if referral is None:
                continue
            Referral.objects.filter(pk=pk).update(told_at=now)
            tell_worker(referral, Kind.SILENCE)
            told += 1
    return told
