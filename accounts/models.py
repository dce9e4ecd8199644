"""Invitations, and what happened to accounts and roles."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.models import City, Membership

#: Long enough for nearly every address, and what a user name may have.
ADDRESS_LENGTH = 150


class InvitationQuerySet(models.QuerySet):
    def unanswered(self):
        """Neither accepted nor withdrawn; they may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def of(self, city):
        """Into the office of a city, or, with None, into the network's."""
        return self.filter(city=city) if city else self.filter(city=None)


class Invitation(models.Model):
    """A role that waits for somebody to open a link in a mail. Of the link only a hash is kept."""

    email = models.EmailField(_("e-mail address"), max_length=ADDRESS_LENGTH)
    city = models.ForeignKey(City, models.CASCADE, related_name="+", null=True, blank=True)
    role = models.CharField(_("role"), max_length=13, choices=Membership.Role)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["email", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    role__in=["worker", "editor", "administrator"], city__isnull=False
                )
                | models.Q(role="network", city__isnull=True),
                name="invitation_role_fits_city",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(withdrawn_at=None),
                name="invitation_has_one_end",
            ),
            models.UniqueConstraint(
                fields=["email", "city"],
                condition=models.Q(accepted_at=None, withdrawn_at=None, city__isnull=False),
                name="invitation_one_a_city",
            ),
            models.UniqueConstraint(
                fields=["email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None, city__isnull=True),
                name="invitation_one_network",
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()} {self.city_id or ''}".strip()

    @property
    def has_expired(self):
        return self.expires_at <= timezone.now()

    @property
    def is_open(self):
        """Whether its link still works."""
        return not (self.accepted_at or self.withdrawn_at or self.has_expired)


class Event(models.Model):
    """Something that happened to an account or a role: who, to whom, where, when.

    No free text, and not the address that somebody came from.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed-in", _("signed in")
        SIGN_IN_FAILED = "sign-in-failed", _("wrong password or code")
        INVITED = "invited", _("invited")
        WITHDRAWN = "withdrawn", _("invitation withdrawn")
        ACCEPTED = "accepted", _("accepted the invitation")
        ROLE_CHANGED = "role-changed", _("role changed")
        ROLE_REMOVED = "role-removed", _("role taken away")
        FACTOR_ADDED = "factor-added", _("second step added")
        FACTOR_REMOVED = "factor-removed", _("second step removed")
        CODES_MADE = "codes-made", _("new recovery codes made")
        CODE_USED = "code-used", _("recovery code used")
        RESTORED = "restored", _("lost second step restored")
        SIGNED_OUT = "signed-out", _("signed out elsewhere")
        PASSWORD_CHANGED = "password-changed", _("password changed")
        PASSWORD_RESET = "password-reset", _("password reset by mail")

    kind = models.CharField(max_length=16, choices=Kind)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True
    )
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True
    )
    city = models.ForeignKey(City, models.SET_NULL, related_name="+", null=True, blank=True)
    role = models.CharField(max_length=13, choices=Membership.Role, blank=True)
    invitation = models.ForeignKey(
        Invitation, models.SET_NULL, related_name="+", null=True, blank=True
    )

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        "signed-in",
                        "sign-in-failed",
                        "invited",
                        "withdrawn",
                        "accepted",
                        "role-changed",
                        "role-removed",
                        "factor-added",
                        "factor-removed",
                        "codes-made",
                        "code-used",
                        "restored",
                        "signed-out",
                        "password-changed",
                        "password-reset",
                    ]
                ),
                name="event_kind_is_one_of_these",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
