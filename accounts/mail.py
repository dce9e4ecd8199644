"""Mails about accounts: short, neutral, in one language. Nothing here raises when mail fails."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)


def send(template, to, context):
    """Send a mail from `accounts/mail/<template>.txt`, its subject on the first line.

    Returns whether the mail server took it; why not stands in the log, without the address.
    """
    text = render_to_string(
        f"accounts/mail/{template}.txt", context | {"site_name": settings.SITE_NAME}
    )
    subject, _newline, body = text.strip().partition("\n")
    return deliver(
        EmailMessage(settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + subject, body.strip() + "\n", to=[to])
    )


def deliver(message):
    """Hand a message to the mail server; returns whether it took it."""
    try:
        message.send()
    # smtplib's own errors are among them.
    except OSError as error:
        logger.warning("A mail could not be sent: %s", type(error).__name__)
        return False
    return True
