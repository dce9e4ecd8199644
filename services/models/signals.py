"""What happened at a door, told by those who were there: one tap, no word about a person."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.models.listings import Service


class Reason(models.TextChoices):
    """Why somebody was not taken, as far as a listing could have said so beforehand."""

    AGE = "age", _("their age")
    GENDER = "gender", _("their gender")
    CHILDREN = "children", _("children who come along")
    GROUP = "group", _("not for this group")
    STATUS = "status", _("their residence status")
    LANGUAGE = "language", _("no common language")
    AREA = "area", _("they live elsewhere")
    PAPERS = "papers", _("papers, insurance or a police report wanted")
    ACCESS = "access", _("no way in without steps, or other access")
    OTHER = "other", _("something else")


class Signal(models.Model):
    """What one source last said of a service: for some hours, and nothing else of it is kept.

    A vetted worker and the organisation have one word each about a service, which a newer one
    replaces. Everybody else together has one of each kind, of which nobody can tell whose it was.
    """

    class Kind(models.TextChoices):
        CONNECTED = "connected", _("connected")
        NO_ANSWER = "no-answer", _("no answer")
        FULL = "full", _("full")
        REFUSED = "refused", _("refused")

    class By(models.TextChoices):
        ORGANIZATION = "organization", _("the service itself")
        WORKER = "worker", _("a vetted worker")
        ANONYMOUS = "anonymous", _("somebody without an account")

    service = models.ForeignKey(Service, models.CASCADE, related_name="signals")
    kind = models.CharField(_("what happened"), max_length=9, choices=Kind)
    reason = models.CharField(_("why"), max_length=8, choices=Reason, blank=True)
    by = models.CharField(_("told by"), max_length=12, choices=By)
    #: So that one worker counts once, and can take it back. Shown nowhere.
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    expires_at = models.DateTimeField(_("good until"))

    class Meta:
        verbose_name = _("signal")
        verbose_name_plural = _("signals")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["expires_at", "service"], name="signal_live"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "worker"],
                condition=models.Q(worker__isnull=False),
                name="signal_one_a_worker",
            ),
            models.UniqueConstraint(
                fields=["service"],
                condition=models.Q(by="organization"),
                name="signal_one_of_the_organization",
            ),
            models.UniqueConstraint(
                fields=["service", "kind"],
                condition=models.Q(by="anonymous"),
                name="signal_one_of_all_others",
            ),
            models.CheckConstraint(
                condition=models.Q(by="worker") | models.Q(worker__isnull=True),
                name="signal_keeps_nobody_else",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["connected", "no-answer", "full", "refused"]),
                name="signal_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(by__in=["organization", "worker", "anonymous"]),
                name="signal_by_known",
            ),
            models.CheckConstraint(
                condition=models.Q(reason="")
                | models.Q(
                    kind="refused",
                    reason__in=[
                        "age", "gender", "children", "group", "status", "language", "area",
                        "papers", "access", "other",
                    ],
                ),
                name="signal_reason_known",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("at")), name="signal_expires"
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"signal {self.pk}"
