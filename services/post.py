"""One connection to the mail server for many mails, and what its refusals mean."""

import smtplib

from django.core.mail import get_connection

#: From here on an answer of a mail server is final: nobody by that name.
PERMANENT = 500


class MailServerError(Exception):
    """The mail server cannot be reached: what waits is sent by a later run."""


class Post:
    """One connection for a run; opened again after a mail that broke it."""

    def __init__(self):
        self._connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    def send(self, message):
        """Raises `MailServerError` where there is no server, else what the server says."""
        if self._connection is None:
            self._connection = self._opened()
        message.connection = self._connection
        message.send()

    def close(self):
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _opened(self):
        connection = get_connection()
        try:
            connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerError(type(error).__name__) from error
        return connection


def is_final(error):
    """Whether a refusal of a mail's recipients (`SMTPRecipientsRefused`) is for good."""
    codes = [code for code, _words in error.recipients.values()]
    return any(code >= PERMANENT for code in codes)
