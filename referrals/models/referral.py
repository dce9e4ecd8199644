"""A referral without a person: a code, a service, a need, a state."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Referral(models.Model):
    """Somebody with this code was referred to this service; who they are is kept nowhere.

    Only the functions of `referrals.handoff.acts` change one.
    """

    class State(models.TextChoices):
        SENT = "sent", _("sent, not opened yet")
        RECEIVED = "received", _("received, not answered yet")
        ACCEPTED = "can-take", _("they can take the person")
        REFUSED = "cannot", _("they cannot take the person")
        ARRIVED = "arrived", _("the person arrived")
        ABSENT = "not-arrived", _("the person did not arrive")
        CLOSED = "closed", _("closed")
        RECALLED = "recalled", _("recalled: consent was withdrawn")

    class Urgency(models.TextChoices):
        DAY = "24h", _("within 24 hours")
        THREE_DAYS = "72h", _("within 72 hours")
        TWO_WEEKS = "2w", _("within two weeks")

    class Reason(models.TextChoices):
        """Why a service cannot take somebody: nothing that tells one person from another."""

        FULL = "full", _("No room at the moment")
        AGE = "age", _("Not for this age")
        GENDER = "gender", _("Not for this gender")
        CHILDREN = "children", _("No room for the children who come along")
        GROUP = "group", _("Made for another group")
        STATUS = "status", _("Because of the residence status")
        LANGUAGE = "language", _("Nobody here speaks the language")
        AREA = "area", _("Only for people of another area")
        PAPERS = "papers", _("Papers, insurance or a police report are missing")
        ACCESS = "access", _("The house cannot be entered or used by them")
        NEED = "need", _("We do not do this")
        OTHER = "other", _("Another reason")

    class Contact(models.TextChoices):
        """How the receiver reaches the worker; never the person."""

        NONE = "none", _("They do not call: I call them")
        PHONE = "phone", _("By phone")
        EMAIL = "email", _("By e-mail")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    #: Said on the phone instead of a name; it opens nothing (`referrals.handoff.codes`).
    code = models.CharField(_("code"), max_length=6)
    city = models.ForeignKey("services.City", models.CASCADE, related_name="+")
    service = models.ForeignKey("services.Service", models.SET_NULL, null=True, related_name="+")
    #: Who referred: somebody signed in, or a partner's program.
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="referrals"
    )
    key = models.ForeignKey("services.PartnerKey", models.SET_NULL, null=True, related_name="+")
    #: Codes of the taxonomy: what is needed, and the group, if it matters to the service.
    need = models.CharField(_("need"), max_length=40)
    group = models.CharField(_("group"), max_length=40, blank=True)
    urgency = models.CharField(_("urgency"), max_length=3, choices=Urgency)
    #: BCP 47 tag of the language that is needed; empty where any of the city's will do.
    language = models.CharField(_("language"), max_length=12, blank=True)
    contact = models.CharField(max_length=5, choices=Contact, default=Contact.NONE)
    #: The worker's number or address, sealed, until the referral closes.
    sealed_contact = models.TextField(blank=True)

    state = models.CharField(_("state"), max_length=11, choices=State, default=State.SENT)
    reason = models.CharField(_("why not"), max_length=8, choices=Reason, blank=True)
    #: How many events there were: two who act at once cannot both write the same number.
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    #: The person's yes holds until then; afterwards nothing more is passed on.
    consent_until = models.DateTimeField()
    #: When silence turns overdue in the present state; None where nothing is waited for.
    due_at = models.DateTimeField(null=True)
    #: When the worker was told of the silence in the present state.
    told_at = models.DateTimeField(null=True)
    #: When the service first said yes or no.
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    #: Of the receiver's link a hash is kept; empty where the service has no address for mail.
    token_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(
                fields=["worker", "due_at"],
                condition=Q(closed_at=None),
                name="referral_open_of_worker",
            ),
            models.Index(fields=["due_at"], condition=Q(closed_at=None), name="referral_due"),
            models.Index(fields=["closed_at"], name="referral_closed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "service"],
                condition=Q(closed_at=None),
                name="referral_code_once_a_service",
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="referral_link_unique"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "recalled"], closed_at__isnull=False)
                | Q(
                    state__in=["sent", "received", "can-take", "cannot", "arrived", "not-arrived"],
                    closed_at=None,
                ),
                name="referral_closed_or_open",
            ),
            models.CheckConstraint(
                condition=~Q(state="cannot") | ~Q(reason=""), name="referral_no_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(sealed_contact="", contact="none"),
                name="referral_contact_is_forgotten",
            ),
            models.CheckConstraint(
                condition=Q(urgency__in=["24h", "72h", "2w"]), name="referral_urgency_known"
            ),
        ]

    def __str__(self):
        return f"referral {self.pk}"

    @property
    def is_open(self):
        return self.closed_at is None


class ReferralEvent(models.Model):
    """One thing that happened to a referral: logged once, under the next number."""

    class By(models.TextChoices):
        WORKER = "worker", _("the worker")
        RECEIVER = "receiver", _("the service")
        PARTNER = "partner", _("a partner's program")
        CLOCK = "clock", _("nobody: time went by")

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=10)
    state = models.CharField(max_length=11, choices=Referral.State)
    by = models.CharField(max_length=8, choices=By)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("event of a referral")
        verbose_name_plural = _("events of referrals")
        ordering = ["referral", "number"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "number"], name="referral_event_once"),
            models.CheckConstraint(
                condition=Q(by__in=["worker", "receiver", "partner", "clock"]),
                name="referral_event_by_known",
            ),
        ]

    def __str__(self):
        return f"event {self.number} of referral {self.referral_id}"
