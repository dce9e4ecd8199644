"""What a listing does not say yet, told to somebody who is about to publish it."""

from django.utils.translation import gettext_lazy as _


def blocking(listing):
    """What must be there before anybody can use a listing, as sentences."""
    if not listing.needs:
        yield _("It is filed under no need, so nobody can find it.")
    if not (listing.can_be_contacted or listing.way_in or listing.place):
        yield _("It says no way to reach it: no phone, e-mail or place.")


def wanting(listing):
    """What would make it better, as sentences."""
    if not listing.phones:
        yield _("No phone number: many workers can only call.")
    if not (listing.hours or listing.hours_note):
        yield _("No opening hours are known.")
    if not listing.summary:
        yield _("No summary says what it does.")
    if not listing.criteria:
        yield _("It does not say whom it takes.")
    if not listing.languages:
        yield _("It does not say which languages are spoken.")
    if not listing.how_to_get_in:
        yield _("It does not say how to get in.")
    if all(trust.on is None for trust in listing.trust.values()):
        yield _("Nobody has confirmed it yet.")
