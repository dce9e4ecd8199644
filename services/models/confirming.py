"""The thirty-second check: who was asked by mail whether a listing is right, and what they said."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.models.listings import Organization, Service
from services.models.places import City


class Check(models.Model):
    """One mail to an organisation, with the link that it holds.

    Of the link's secret only a hash is kept; until the mail is out, the secret itself is kept
    sealed, so that a mail that is tried again holds the same link.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be sent")
        SETTLED = "settled", _("settled by phone")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="checks")
    city = models.ForeignKey(
        City, models.SET_NULL, verbose_name=_("asked for"), related_name="checks", null=True
    )
    email = models.EmailField(_("address"))
    language = models.CharField(_("language"), max_length=12)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    sealed_token = models.TextField(blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    last_error = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True)
    expires_at = models.DateTimeField(_("good until"))
    answered_at = models.DateTimeField(_("first answer"), null=True)
    #: When nothing was left to answer: soon after, the link opens nothing.
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="check_to_send")]
        constraints = [
            # Two runs at once write one mail to an organisation.
            models.UniqueConstraint(
                fields=["organization"], condition=Q(state="waiting"), name="check_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "failed", "settled"]),
                name="check_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(sealed_token=""), name="check_secret_is_forgotten"
            ),
        ]

    def __str__(self):
        return f"check {self.pk}"


class CheckListing(models.Model):
    """One listing that a mail asked about; it is answered once."""

    class Answer(models.TextChoices):
        RIGHT = "right", _("still right")
        CHANGED = "changed", _("something changed")
        CLOSED = "closed", _("closed")

    check_mail = models.ForeignKey(Check, models.CASCADE, related_name="listings")
    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    answer = models.CharField(_("answer"), max_length=7, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("listing asked about")
        verbose_name_plural = _("listings asked about")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["check_mail", "service"], name="check_listing_once"),
            models.CheckConstraint(
                condition=Q(answer__in=["", "right", "changed", "closed"]),
                name="check_answer_known",
            ),
        ]

    def __str__(self):
        return f"{self.check_mail} · {self.service_id}"


class Proposal(models.Model):
    """What an organisation says has changed, or its refusals do: an editor accepts or declines it.

    `old` and `new` hold what differs, by the names of `services.confirming.fields`; nothing that
    the public may not read is ever in them.
    """

    class Kind(models.TextChoices):
        CHANGE = "change", _("change")
        CLOSE = "close", _("closed")
        #: Nobody wrote it: several referrals were refused for the same reason.
        REFUSALS = "refuse", _("learnt from refusals")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        AT_ONCE = "at-once", _("applied at once")

    service = models.ForeignKey(Service, models.CASCADE, related_name="proposals")
    check_mail = models.ForeignKey(Check, models.SET_NULL, related_name="proposals", null=True)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    language = models.CharField(_("language"), max_length=12)
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("proposed"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["service"], condition=Q(state="waiting"), name="proposal_waiting")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["check_mail", "service"], name="proposal_one_an_answer"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["change", "close", "refuse"]), name="proposal_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None)
                | Q(
                    state__in=["accepted", "declined", "at-once"],
                    decided_at__isnull=False,
                ),
                name="proposal_decided_or_not",
            ),
            # Whether a listing is withdrawn is for an editor to say.
            models.CheckConstraint(
                condition=Q(kind="change") | ~Q(state="at-once"), name="proposal_close_is_asked"
            ),
        ]

    def __str__(self):
        return f"proposal {self.pk}"


class WrongAddress(models.Model):
    """An address where somebody said "not us", or that a mail server refused: no mail goes there."""

    class Reason(models.TextChoices):
        NOT_US = "not-us", _("somebody there said that it is not theirs")
        REFUSED = "refused", _("its mail server refused it")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="wrong_addresses")
    email = models.EmailField(_("address"))
    reason = models.CharField(_("reason"), max_length=7, choices=Reason)
    reported_at = models.DateTimeField(default=timezone.now)
    #: When an editor saw to it; mails stay away all the same.
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("wrong address")
        verbose_name_plural = _("wrong addresses")
        ordering = ["-reported_at"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "email"], name="wrong_address_once"),
            models.CheckConstraint(
                condition=Q(reason__in=["not-us", "refused"]), name="wrong_address_reason_known"
            ),
        ]

    def __str__(self):
        return f"wrong address {self.pk}"
