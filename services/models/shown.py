"""How often listings are shown: a number a week, of which nobody can tell who asked."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Shown(models.Model):
    """How often one listing was shown in one week: opened, or named in a plan.

    No reader, no address, no day and no hour is kept. `services.keeping.shown` counts.
    """

    service = models.ForeignKey("services.Service", models.CASCADE, related_name="shown")
    week = models.DateField(_("week that begins on this Monday"))
    count = models.PositiveIntegerField(_("times shown"), default=0)

    class Meta:
        verbose_name = _("times shown in a week")
        verbose_name_plural = _("times shown in a week")
        ordering = ["service", "-week"]
        constraints = [
            models.UniqueConstraint(fields=["service", "week"], name="shown_once_a_week"),
        ]

    def __str__(self):
        return f"{self.week}: {self.count}"
