"""A city goes live when it is ready, and is a sample again as soon as what it needs has expired."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from referrals.readiness.lines import lacking, lines
from services import speaking
from services.models import City, Membership
from services.names import names
from services.roles import Role

logger = logging.getLogger(__name__)


class NotReadyError(Exception):
    """The city lacks something."""


def look(city):
    """The `Line`s of a city; what is missing is kept for the page that it opens with."""
    found = lines(city)
    _remember(city, lacking(found))
    return found


def _remember(city, codes):
    """Keep what is missing. Readers notice nothing of it, so the city's version stays."""
    if city.lacks != codes:
        City.objects.filter(pk=city.pk).update(lacks=codes)
        city.lacks = codes


def go_live(city, user):
    """Take the word “sample” from a city; raises `NotReadyError` and then nothing has changed.

    False where it was live before.
    """
    with transaction.atomic():
        current = City.objects.select_for_update(of=("self",)).select_related("country")
        city = current.get(pk=city.pk)
        if not city.is_sample:
            return False
        if lacking(look(city)):
            raise NotReadyError
        _change(city, is_sample=False, live_since=timezone.now(), fell_back_at=None)
    logger.info("City %s is live, by user %s.", city.slug, user.pk)
    return True


def check(city):
    """Look at a city; a live one that lacks something is a sample again, and its people are told.

    True where that happened.
    """
    codes = lacking(look(city))
    if city.is_sample or not codes:
        return False
    _change(city, is_sample=True, live_since=None, fell_back_at=timezone.now())
    logger.warning("City %s is a sample again, for lack of: %s", city.slug, ", ".join(codes))
    _tell(city)
    return True


def _change(city, **values):
    for name, value in values.items():
        setattr(city, name, value)
    # Saving, and not updating: what readers see changes, and so the city's version must.
    city.save(update_fields=list(values))


def _tell(city):
    """A mail to each administrator, in the first of the city's languages that the site speaks."""
    people = Membership.objects.filter(
        city=city, role=Role.ADMINISTRATOR, user__is_active=True
    ).exclude(user__email="")
    with translation.override(speaking.language_of(city) or settings.LANGUAGE_CODE):
        name = names(city).city
        context = {
            "name": name,
            "missing": [line for line in lines(city) if not line.has],
            "address": reverse("readiness", args=[city.slug]),
        }
        subject = _("%(city)s is marked as a sample again") % {"city": name}
        text = render_to_string("readiness/mail_fell_back.txt", context)
    for address in people.values_list("user__email", flat=True):
        try:
            send_mail(subject, text, None, [address])
        except OSError as error:
            logger.warning("A mail about %s was not sent: %s", city.slug, type(error).__name__)
