"""Mails about referrals: each is a row before it is sent, and says nothing of what is needed."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from referrals.models.referral import Referral


class Letter(models.Model):
    """One mail: to a service with its link, or that the referral was recalled; or to the worker."""

    class Kind(models.TextChoices):
        NEW = "new", _("a referral waits")
        RECALL = "recall", _("a referral was recalled")
        SILENCE = "silence", _("a service is silent")
        ANSWER = "answer", _("a service has answered")

    class State(models.TextChoices):
        WAITING = "waiting", _("to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be sent")
        NEEDLESS = "needless", _("no longer needed")

    #: None where the referral was erased while the service is still to be told to forget it.
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="letters", null=True)
    kind = models.CharField(max_length=7, choices=Kind)
    email = models.EmailField(_("address"))
    language = models.CharField(_("language"), max_length=12)
    #: The secret of the link, sealed, until the mail is out.
    sealed_token = models.TextField(blank=True, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    last_error = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(state="waiting"), name="letter_to_send"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["new", "recall", "silence", "answer"]),
                name="letter_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(referral__isnull=False) | Q(kind="recall"),
                name="letter_outlives_to_recall",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "failed", "needless"]),
                name="letter_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(sealed_token=""), name="letter_secret_is_forgotten"
            ),
        ]

    def __str__(self):
        return f"letter {self.pk}"
