"""The mail server: reached, encrypted, signed in to; nothing is sent."""

import smtplib
import ssl
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import get_connection

from operations.doctor.finding import CannotTell, check, fault
from operations.doctor.site import is_own_machine

SECONDS = 4


@check("D10", "mail server", needs=["EMAIL_URL"])
def mail_server(site):
    """Connects, starts TLS and signs in as the site would."""
    if "smtp" not in settings.EMAIL_BACKEND:
        raise CannotTell("mail does not leave the machine here")
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    mend = f"EMAIL_URL=smtp+tls://user:password@host:587; the port must be open: nc -vz {where.replace(':', ' ')}"
    connection = get_connection(timeout=SECONDS)
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError:
        yield fault(f"The mail server {where} refuses name or password.", mend)
    except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
        yield fault(f"The mail server {where} does not offer this TLS ({_kind(error)}).", mend)
    except (OSError, smtplib.SMTPException) as error:
        yield fault(f"The mail server {where} does not answer ({_kind(error)}).", mend)
    finally:
        _close(connection)


def _kind(error):
    return getattr(error, "strerror", None) or type(error).__name__


def _close(connection):
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        connection.connection = None


@check("D11", "sender of mails", needs=["DEFAULT_FROM_EMAIL"], production=True)
def sender(site):
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    domain = address.rpartition("@")[2]
    if is_own_machine(domain) or domain == "localhost.localdomain":
        yield fault(
            f"Mails come from {address}: other servers refuse or hide them.",
            "DEFAULT_FROM_EMAIL='Guide <guide@example.org>', at a domain with SPF and DKIM",
        )


@check("D12", "mail in the clear", needs=["EMAIL_URL"], production=True)
def mail_in_the_clear(site):
    if "smtp" not in settings.EMAIL_BACKEND or is_own_machine(settings.EMAIL_HOST):
        raise CannotTell("mail goes through this machine")
    if not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL):
        yield fault(
            f"Mail goes to {settings.EMAIL_HOST} unencrypted, with its links and the password.",
            "EMAIL_URL=smtp+tls://… or smtp+ssl://…",
        )
