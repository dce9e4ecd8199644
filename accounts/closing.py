"""Closing one's own account, on a page: for somebody who leaves, or who wants to be forgotten."""

from django.db import transaction

from accounts import mail, people, personal_data

#: Functions that give, for a user, a sentence that stands against closing, or none. Other parts of
#: the site add theirs.
REASONS = []


@transaction.atomic
def close(user):
    """Forget a person, as `personal_data.forget` does, and tell them by mail.

    Raises `people.Refusal` while something of theirs would be left without anybody.
    """
    for reason in REASONS:
        if text := reason(user):
            raise people.Refusal(text)
    address = user.email
    personal_data.forget(user)
    transaction.on_commit(lambda: mail.send("closed", address, {}))
