"""How a listing stood after each change, who changed it and by which way."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.models.listings import Service
from services.models.sealed import SealedRow, at_rest_constraints, in_box


class Version(models.Model):
    """Something as a whole after a change: when, by whom, and as plain data."""

    made_at = models.DateTimeField(_("when"), default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    state = models.JSONField(editable=False)

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self):
        return f"version {self.pk}"


class ListingVersion(SealedRow, Version):
    """A listing with all its parts after a change. It goes with its listing.

    `state` holds what is sealed too, and so is as closed as the listing: it is in a box whole, and
    nothing but `services.history` reads it, which shows nobody more than they may see today. It is
    None where the box cannot be opened.
    """

    class Way(models.TextChoices):
        """The ways of `services.acting`, in words."""

        FORM = "form", _("edited")
        CONFIRM = "confirm", _("confirmed")
        REVERT = "revert", _("an earlier version brought back")
        IMPORT = "import", _("imported")
        CHECK = "check", _("answered by the service")
        REPORT = "report", _("after a report")
        COMMAND = "command", _("by the site itself")

    service = models.ForeignKey(Service, models.CASCADE, related_name="versions")
    way = models.CharField(_("how"), max_length=8, choices=Way)
    state = in_box("state")

    SEALED = ("state",)
    BOUND = ("service_id", "made_at")

    class Meta(Version.Meta):
        verbose_name = _("version of a listing")
        verbose_name_plural = _("versions of listings")
        indexes = [models.Index(fields=["service", "-id"], name="listing_version_latest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    way__in=["form", "confirm", "revert", "import", "check", "report", "command"]
                ),
                name="listing_version_way_known",
            ),
            *at_rest_constraints("listing_version"),
        ]
