"""Requests to join: taken once, answered by mail, decided once, and not kept for long."""

import datetime
import logging

from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from services.models import JoinRequest

KEPT_DAYS = 180
State = JoinRequest.State
logger = logging.getLogger(__name__)


class DecidedError(Exception):
    """The request was decided before."""


def ask(spot, values, language):
    """Take a request and tell its sender; asking again before the answer does nothing."""
    wanted = {"geoname_id": spot.id, "email": values["email"].lower()}
    rest = {name: values[name] for name in ("organization", "kind", "role")}
    try:
        with transaction.atomic():
            request = JoinRequest.objects.create(
                **wanted,
                **rest,
                city_name=spot.name,
                country_code=spot.country,
                language=language,
            )
    except IntegrityError:
        return
    tell(request, "received")


def decide(pk, state, user):
    """Accept or decline a new request, and tell its sender once that is kept.

    Raises `DecidedError` if somebody has decided it, and `JoinRequest.DoesNotExist`.
    """
    with transaction.atomic():
        request = JoinRequest.objects.select_for_update().get(pk=pk)
        changed = JoinRequest.objects.filter(pk=pk, state=State.NEW).update(
            state=state, decided_at=timezone.now(), decided_by=user
        )
        if not changed:
            raise DecidedError
    tell(request, state)
    return request


def tell(request, what):
    """Send the sender of a request the mail about what happened, in their language.

    A mail that cannot be sent undoes nothing: it is logged, without the address.
    """
    with translation.override(request.language):
        text = render_to_string(f"joining/mail_{what}.txt", {"request": request})
        subject = _("%(city)s in the network") % {"city": request.city_name}
    transaction.on_commit(lambda: _send(subject, text, request.email))


def _send(subject, text, address):
    try:
        send_mail(subject, text, None, [address])
    except OSError as error:
        logger.warning("A mail about a request to join was not sent: %s", type(error).__name__)


def purge(now):
    """Delete requests that were decided, or asked and never answered, half a year ago; how many."""
    limit = now - datetime.timedelta(days=KEPT_DAYS)
    decided = JoinRequest.objects.filter(decided_at__lt=limit)
    forgotten = JoinRequest.objects.filter(state=State.NEW, created_at__lt=limit)
    return (decided | forgotten).delete()[0]
