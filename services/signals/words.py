"""What is told of a service, in words: what, by whom, and how long ago, to the hour and no closer.

Closer would tell somebody who waits outside that a person has just been at that door.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from services.models import Reason, Signal

Kind, By = Signal.Kind, Signal.By

SAID = {
    (Kind.NO_ANSWER, By.ORGANIZATION): _("No answer, said %(ago)s by the service itself"),
    (Kind.NO_ANSWER, By.WORKER): _("No answer, told %(ago)s by a worker"),
    (Kind.NO_ANSWER, By.ANONYMOUS): _("No answer, told %(ago)s by somebody without an account"),
    (Kind.FULL, By.ORGANIZATION): _("Full, said %(ago)s by the service itself"),
    (Kind.FULL, By.WORKER): _("Full, told %(ago)s by a worker"),
    (Kind.FULL, By.ANONYMOUS): _("Full, told %(ago)s by somebody without an account"),
    (Kind.REFUSED, By.ORGANIZATION): _("Turned somebody away, said %(ago)s by the service itself"),
    (Kind.REFUSED, By.WORKER): _("Turned somebody away, told %(ago)s by a worker"),
    (Kind.REFUSED, By.ANONYMOUS): _(
        "Turned somebody away, told %(ago)s by somebody without an account"
    ),
}


def ago_text(moment, now):
    """How long ago, in whole hours."""
    hours = int((now - moment).total_seconds() // 3600)
    if hours < 1:
        return str(_("less than an hour ago"))
    return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}


def said_text(told, now):
    """One line for a `Told`, for example “Full, told 2 hours ago by a worker”."""
    said = str(SAID[told.kind, told.by]) % {"ago": ago_text(told.at, now)}
    if not told.reason:
        return said
    # What was said, then why: “Turned somebody away, told 2 hours ago by a worker: their age”.
    return str(_("%(said)s: %(why)s")) % {"said": said, "why": Reason(told.reason).label}
