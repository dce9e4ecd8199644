"""Partners: programs that read the directory with a key, and where they want to be told."""

import uuid

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework_api_key.models import AbstractAPIKey, APIKeyManager

from services import outbound
from services.models.places import City
from services.visibility import ANYBODY, Audience, Reader


class PartnerKeyManager(APIKeyManager):
    def assign_key(self, obj):
        """Give a new key its secret and return the text of it, the only time that it is known.

        The library puts the hash into the id, and so into addresses, logs and other tables.
        """
        text = super().assign_key(obj)
        obj.id = obj.prefix
        return text


class PartnerKey(AbstractAPIKey):
    """A key of a partner's program: hashed, shown once, expiring, revocable.

    It raises the limit of requests. With `professional` it also shows, in its cities alone, what
    vetted workers may see. What is sealed it never shows.
    """

    class Level(models.TextChoices):
        PUBLIC = "public", _("what everybody may see")
        PROFESSIONAL = "professional", _("what vetted workers may see")

    # The library's fields, in words that can be translated.
    prefix = models.CharField(_("beginning"), max_length=8, unique=True, editable=False)
    name = models.CharField(
        _("name"), max_length=50, default=None, help_text=_("Whose it is: no name of a person.")
    )
    revoked = models.BooleanField(
        _("revoked"),
        default=False,
        blank=True,
        help_text=_("It opens nothing any more. This cannot be taken back."),
    )
    expiry_date = models.DateTimeField(
        _("expires"), null=True, blank=True, help_text=_("After this moment it opens nothing.")
    )
    level = models.CharField(_("sees"), max_length=12, choices=Level, default=Level.PUBLIC)
    cities = models.ManyToManyField(
        City,
        verbose_name=_("cities"),
        related_name="partner_keys",
        blank=True,
        help_text=_("Where it sees more than everybody. Without a city: nowhere."),
    )
    may_refer = models.BooleanField(
        _("may refer"),
        default=False,
        help_text=_("Sends nameless referrals in its cities, and reads its own."),
    )

    objects = PartnerKeyManager()

    class Meta(AbstractAPIKey.Meta):
        verbose_name = _("partner key")
        verbose_name_plural = _("partner keys")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__in=["public", "professional"]),
                name="partner_key_level_known",
            ),
            # A key that never ends is forgotten, and then found by somebody else.
            models.CheckConstraint(
                condition=models.Q(expiry_date__isnull=False), name="partner_key_expires"
            ),
            # Without a city there is nobody to refer to.
            models.CheckConstraint(
                condition=models.Q(may_refer=False) | models.Q(level="professional"),
                name="partner_key_refers_as_professional",
            ),
        ]

    def clean(self):
        """Refuse a key that may refer without seeing whom it refers to."""
        super().clean()
        if self.may_refer and self.level != self.Level.PROFESSIONAL:
            message = _("Only a key that sees what vetted workers may see can refer.")
            raise ValidationError({"may_refer": message})

    @property
    def reader(self):
        """Who reads with this key; one query, none for a public one or with `cities` prefetched."""
        if self.level != self.Level.PROFESSIONAL:
            return ANYBODY
        cities = self.cities.all()
        return Reader(
            Audience.PROFESSIONAL,
            frozenset(city.pk for city in cities),
            frozenset(city.country_id for city in cities),
        )


class KeyUse(models.Model):
    """How many requests came with a key on a day: never which ones."""

    key = models.ForeignKey(PartnerKey, models.CASCADE, related_name="uses")
    day = models.DateField(_("day"))
    requests = models.PositiveIntegerField(_("requests"), default=0)

    class Meta:
        verbose_name = _("use of a key")
        verbose_name_plural = _("uses of keys")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="key_use_unique")]

    def __str__(self):
        return f"{self.day}: {self.requests}"


class WebhookQuerySet(models.QuerySet):
    """Which webhooks?"""

    def usable(self):
        """Those in use, whose key is neither revoked nor expired."""
        now = timezone.now()
        return self.filter(active=True, key__revoked=False, key__expiry_date__gt=now)


class Webhook(models.Model):
    """Where a partner is told that a listing was withdrawn, or that its own referral has changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.ForeignKey(
        PartnerKey, models.CASCADE, related_name="webhooks", verbose_name=_("partner key")
    )
    url = models.URLField(
        _("address"), max_length=600, validators=[URLValidator(schemes=["https"])]
    )
    #: Signs what is sent; encrypted with a key that only the server has (`services.webhooks`).
    secret = models.CharField(max_length=300, editable=False)
    active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("made on"), auto_now_add=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["created_at"]

    def __str__(self):
        return str(self.id)[:8]

    def clean(self):
        """Refuse an address that is not of the open Internet, as far as it shows without asking."""
        try:
            outbound.check(self.url)
        except outbound.OutboundError as error:
            message = _("This address cannot be used: %(reason)s.")
            raise ValidationError({"url": message % {"reason": error}}) from error


class DeliveryQuerySet(models.QuerySet):
    """Which deliveries?"""

    def due(self, now):
        """Those that a usable webhook waits for."""
        waiting = self.filter(state=DeliveryState.WAITING, next_attempt_at__lte=now)
        return waiting.filter(webhook__in=Webhook.objects.usable())


class DeliveryState(models.TextChoices):
    """What became of something to be told."""

    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    GIVEN_UP = "given-up", _("given up")


class AnyDelivery(models.Model):
    """Something to be told to one webhook: each kind has a table, with its `webhook` and its subject."""

    State = DeliveryState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(
        _("state"), max_length=9, choices=DeliveryState, default=DeliveryState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    #: The status of the last answer, or the kind of fault; never the answer itself.
    last_result = models.CharField(_("last result"), max_length=60, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["next_attempt_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "delivered", "given-up"]),
                name="%(class)s_state_known",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(state="waiting"),
                name="%(class)s_due",
            )
        ]

    def __str__(self):
        return f"{self.webhook} {self.state}"


class Delivery(AnyDelivery):
    """One withdrawal to be told to one webhook: waiting, delivered, or given up."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    change = models.ForeignKey("services.Change", models.CASCADE, related_name="+")

    class Meta(AnyDelivery.Meta):
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["webhook", "change"], name="delivery_unique"),
            *AnyDelivery.Meta.constraints,
        ]
