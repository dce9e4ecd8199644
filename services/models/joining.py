"""How a city joins: who asked for it, and who stands behind its legal notes."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.models.places import City


class JoinRequest(models.Model):
    """Somebody asked that a city of the gazetteer be opened; deleted half a year later at the latest."""

    class State(models.TextChoices):
        NEW = "new", _("new")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("a municipality")
        NGO = "ngo", _("an association or NGO")
        UN = "un", _("an agency of the United Nations")
        OTHER = "other", _("something else")

    class Role(models.TextChoices):
        LEAD = "lead", _("I lead it, or a part of it")
        COORDINATOR = "coordinator", _("I coordinate services")
        WORKER = "worker", _("I work with people")
        OTHER = "other", _("something else")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    geoname_id = models.PositiveIntegerField()
    city_name = models.CharField(_("city"), max_length=200)
    country_code = models.CharField(_("country"), max_length=2)
    organization = models.CharField(_("organisation"), max_length=160)
    kind = models.CharField(_("what the organisation is"), max_length=12, choices=Kind)
    role = models.CharField(_("role there"), max_length=11, choices=Role)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language of our mail"), max_length=12, default="en")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.NEW)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    city = models.ForeignKey(City, models.SET_NULL, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        ordering = ["-created_at"]
        constraints = [
            # Asking twice is asking once.
            models.UniqueConstraint(
                fields=["geoname_id", "email"],
                condition=models.Q(state="new"),
                name="join_request_asked_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state="new", decided_at__isnull=True)
                | models.Q(state__in=["accepted", "declined"], decided_at__isnull=False),
                name="join_request_decided_with_date",
            ),
        ]

    def __str__(self):
        return f"{self.city_name} ({self.country_code})"


class SignOff(models.Model):
    """Somebody with the authority to do so stands behind one entry of a city's pathway.

    It holds until it expires, and only for the words that were read: `fingerprint` is theirs.
    """

    city = models.ForeignKey(City, models.CASCADE, related_name="sign_offs")
    rule = models.CharField(_("entry"), max_length=80)
    fingerprint = models.CharField(max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    authority = models.CharField(_("authority"), max_length=120)
    on = models.DateField(_("on"))
    expires_on = models.DateField(_("expires on"))

    class Meta:
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")
        ordering = ["city", "rule", "-on", "-id"]
        indexes = [models.Index(fields=["city", "expires_on"], name="sign_off_current")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_on__gt=models.F("on")), name="sign_off_expires"
            ),
            models.CheckConstraint(
                condition=~models.Q(authority="") & ~models.Q(fingerprint=""),
                name="sign_off_says_who_and_what",
            ),
        ]

    def __str__(self):
        return f"{self.rule}: {self.authority}, {self.on:%Y-%m-%d}"
