"""Messages of libraries that our pages show and that their own catalogues lack in our languages.

`makemessages` reads this project alone. What is named here lands in its catalogues, which come
before those of the libraries. `tests/test_languages.py` says what is missing.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

MESSAGES = (
    # django-unfold
    _("Click to cancel"),
    _("Date"),
    _("False"),
    _("Select action"),
    _("Select action to run"),
    _("Select all rows"),
    _("Select record"),
    _("Select value"),
    _("This item will be deleted."),
    _("True"),
    _("Type to search"),
    # Django: one form for one letter, which two languages leave out.
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
)
