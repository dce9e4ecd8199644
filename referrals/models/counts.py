"""What is kept for good: how many referrals of a month ended how, and needs without a door."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.models.referral import Referral


class Outcome(models.Model):
    """How many referrals of one kind were closed in a month (on the city's clock)."""

    class End(models.TextChoices):
        ARRIVED = "arrived", _("arrived")
        ABSENT = "not-arrived", _("did not arrive")
        ACCEPTED = "can-take", _("taken, arrival not known")
        REFUSED = "cannot", _("refused")
        SILENT = "no-answer", _("no answer")
        RECALLED = "recalled", _("recalled")

    class Speed(models.TextChoices):
        """How long the first yes or no took."""

        HOUR = "1h", _("within an hour")
        THREE_HOURS = "3h", _("within three hours")
        DAY = "1d", _("within a day")
        THREE_DAYS = "3d", _("within three days")
        LATER = "later", _("later")
        NEVER = "never", _("never")

    city = models.ForeignKey("services.City", models.CASCADE, related_name="+")
    #: The first day of the month.
    month = models.DateField(_("month"))
    need = models.CharField(_("need"), max_length=40)
    group = models.CharField(_("group"), max_length=40, blank=True)
    urgency = models.CharField(_("urgency"), max_length=3, choices=Referral.Urgency)
    end = models.CharField(_("how it ended"), max_length=11, choices=End)
    reason = models.CharField(_("why not"), max_length=8, choices=Referral.Reason, blank=True)
    speed = models.CharField(_("first answer"), max_length=5, choices=Speed)
    count = models.PositiveIntegerField(_("how many"), default=0)

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering = ["city", "month", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["city", "month", "need", "group", "urgency", "end", "reason", "speed"],
                name="outcome_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    end__in=[
                        "arrived", "not-arrived", "can-take", "cannot", "no-answer", "recalled",
                    ]
                ),
                name="outcome_end_known",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"outcomes of {self.month:%Y-%m}"


class DeadEnd(models.Model):
    """How many visits to a plan of a month had no door of their own for a need: a bucket without a key.

    Without a group, all of these visits; with one, those among them in which the group was known.
    """

    city = models.ForeignKey("services.City", models.CASCADE, related_name="+")
    month = models.DateField(_("month"))
    need = models.CharField(_("need"), max_length=40)
    group = models.CharField(_("group"), max_length=40, blank=True)
    count = models.PositiveIntegerField(_("how many"), default=0)

    class Meta:
        verbose_name = _("need that ended in nothing")
        verbose_name_plural = _("needs that ended in nothing")
        ordering = ["city", "month", "need", "group"]
        constraints = [
            models.UniqueConstraint(fields=["city", "month", "need", "group"], name="dead_end_once")
        ]

    def __str__(self):
        return f"{self.need} in {self.month:%Y-%m}"
