"""Write and send the mails: each is a row before it is sent, so that a run may end at any moment.

It may run several times at once. The database allows one waiting mail for an organisation; of
several runs one claims it. A mail is sent at least once, perhaps twice, then with the same link.
"""

import datetime
import smtplib
from collections import Counter

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext

from services.confirming import due, links
from services.models import Check, Organization, Proposal, Service, WrongAddress
from services.post import MailServerError, Post, is_final
from services.projection import FALLBACK_LANGUAGE

State = Check.State

#: How long a mail belongs to the process that sends it; after a crash it is tried again then.
LEASE = datetime.timedelta(minutes=10)
#: How long to wait after each failure; after the last of them the mail is given up.
WAITS = tuple(datetime.timedelta(hours=hours) for hours in (1, 6, 24, 72))
#: Mails, links and decided proposals are deleted after this.
KEPT = datetime.timedelta(days=365)


def run(city=None):
    """Ask whoever is due and delete what is old; a `Counter`: sent, waiting, failed.

    Raises `MailServerError` when no mail could be handed over at all.
    """
    for found in due.find(city=city):
        line_up(found.organization)
    counts = deliver()
    counts["deleted"] = purge()
    return counts


def line_up(organization, *, at_once=False):
    """Write down the one mail to an organisation, if it is due; the `Check`, or None."""
    with transaction.atomic():
        # Two runs at once: the second looks again when the first has written its row.
        Organization.objects.select_for_update().get(pk=organization.pk)
        found = next(due.find(organization=organization, at_once=at_once), None)
        waits = Check.objects.filter(organization=organization, state=State.WAITING)
        if found is None or waits.exists():
            return None
        return _write(found)


def _write(found):
    now = timezone.now()
    _secret, digest, sealed = links.new_secret()
    check = Check.objects.create(
        organization=found.organization,
        city=found.city,
        email=found.email,
        language=found.language,
        token_hash=digest,
        sealed_token=sealed,
        expires_at=links.good_until(now),
    )
    for service in found.services:
        check.listings.create(service=service)
    return check


def deliver(only=None):
    """Send what waits (or only this `Check`); a Counter of what became of it."""
    counts = Counter()
    waiting = Check.objects.filter(state=State.WAITING, next_attempt_at__lte=timezone.now())
    if only is not None:
        waiting = waiting.filter(pk=only.pk)
    waiting = waiting.select_related("city", "organization").order_by("created_at", "pk")
    with Post() as post:
        for check in list(waiting):
            if _claim(check):
                counts[_attempt(check, post)] += 1
    return counts


def _claim(check):
    """Whether this process may send it: of several that try, one moves the next attempt."""
    now = timezone.now()
    unchanged = Check.objects.filter(
        pk=check.pk, state=State.WAITING, next_attempt_at=check.next_attempt_at
    )
    lease = now + LEASE
    claimed = unchanged.update(next_attempt_at=lease, attempts=F("attempts") + 1)
    check.next_attempt_at = lease
    check.attempts += 1
    return claimed == 1


def _attempt(check, post):
    """Try once; what became of it: sent, waiting, failed."""
    services = list(due.shown().filter(pk__in=check.listings.values("service")))
    if not services or check.email.lower() in due.stopped():
        return _settle(check, State.FAILED, "")
    try:
        message = _message(check, services)
        post.send(message)
    except MailServerError:
        # No fault of this address: the next run tries again at once.
        again = {"next_attempt_at": timezone.now(), "attempts": check.attempts - 1}
        _settle(check, State.WAITING, "no server", **again)
        raise
    except InvalidToken:
        return _settle(check, State.FAILED, "sealed with an older secret")
    except smtplib.SMTPRecipientsRefused as error:
        return _refused(check, error)
    except (OSError, ValueError, smtplib.SMTPException) as error:
        post.close()
        return _failed(check, type(error).__name__)
    now = timezone.now()
    return _settle(check, State.SENT, "", sent_at=now, expires_at=links.good_until(now))


def _refused(check, error):
    if not is_final(error):
        return _failed(check, "refused for now")
    WrongAddress.objects.get_or_create(
        organization=check.organization,
        email=check.email.lower(),
        defaults={"reason": WrongAddress.Reason.REFUSED},
    )
    return _settle(check, State.FAILED, "refused")


def _failed(check, words):
    if check.attempts > len(WAITS):
        return _settle(check, State.FAILED, words)
    wait = WAITS[check.attempts - 1]
    return _settle(check, State.WAITING, words, next_attempt_at=timezone.now() + wait)


def _settle(check, state, words, **changes):
    """Write down what became of an attempt, unless another process has taken over meanwhile."""
    if state != State.WAITING:
        changes["sealed_token"] = ""
    mine = Check.objects.filter(
        pk=check.pk, state=State.WAITING, next_attempt_at=check.next_attempt_at
    )
    mine.update(state=state, last_error=words, **changes)
    return str(state)


def _message(check, services):
    """The mail: plain text, a subject that tells nothing, nothing that is sealed."""
    with translation.override(check.language):
        facts = {
            "site_name": settings.SITE_NAME,
            "city": check.city,
            "organization": check.organization.name,
            "names": sorted(_name(service, check.language) for service in services),
            "link": links.address(links.opened(check.sealed_token), check.language),
            "days": links.DAYS,
        }
        message = EmailMessage(
            subject=gettext("Is your entry still right?"),
            body=render_to_string("confirming/mail/check.txt", facts),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[check.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
    if check.city and check.city.checks_reply_to:
        message.reply_to = [check.city.checks_reply_to]
    return message


def _name(service, language):
    words = {row.language_code: row.name for row in service.translations.all()}
    return words.get(language) or words.get(FALLBACK_LANGUAGE) or service.official_name


def purge():
    """Delete mails with their links, and decided proposals, that are older than a year."""
    before = timezone.now() - KEPT
    old = Check.objects.filter(created_at__lt=before).exclude(state=State.WAITING)
    decided = Proposal.objects.filter(~Q(state=Proposal.State.WAITING), decided_at__lt=before)
    count = old.count()
    decided.delete()
    old.delete()
    return count


def names_of(found):
    """The names of the listings that a mail would ask about, for a dry run."""
    ids = [service.pk for service in found.services]
    services = Service.objects.filter(pk__in=ids).prefetch_related("translations")
    return sorted(_name(service, found.language) for service in services)
