"""What changed in the directory, in order, for those who keep a copy of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Change(models.Model):
    """One service as it could be seen before and after a change, and the place of that in the order.

    Nothing of the listing itself is kept here. A service that only administrators may know of, or
    that is not published, is seen by nobody: null. `services.changes` writes and numbers the rows.
    """

    #: No foreign key: a change outlives its service.
    service = models.UUIDField(_("service"))
    before = models.JSONField(_("seen before"), null=True, editable=False)
    after = models.JSONField(_("seen after"), null=True, editable=False)
    recorded_at = models.DateTimeField(_("when"), auto_now_add=True)
    number = models.PositiveBigIntegerField(_("number"), null=True, unique=True, editable=False)
    #: A count without gaps of what everybody may notice: a gap would tell of something withheld.
    public_number = models.PositiveBigIntegerField(null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["number", "id"]
        indexes = [
            models.Index(fields=["service", "-id"], name="change_latest"),
            models.Index(
                fields=["id"], condition=models.Q(number__isnull=True), name="change_unnumbered"
            ),
        ]

    def __str__(self):
        return f"change {self.number or '–'}"


class ChangeCounter(models.Model):
    """The last numbers given; its one row is the lock under which numbers are given."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last = models.PositiveBigIntegerField(default=0)
    last_public = models.PositiveBigIntegerField(default=0)

    def __str__(self):
        return str(self.last)
