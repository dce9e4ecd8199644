"""How far a listing can be trusted: where it was seen, what is doubtful, who confirmed it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """A public page that a listing was taken from."""

    service = models.ForeignKey("services.Service", models.CASCADE, related_name="sources")
    publisher = models.CharField(_("publisher"), max_length=300)
    url = models.URLField(
        _("link"),
        max_length=600,
        blank=True,
        help_text=_("Empty for confidential services: the page may print the place."),
    )
    date = models.CharField(
        _("date of the page"),
        max_length=10,
        blank=True,
        help_text=_("As far as known: 2023, 2023-11 or 2023-11-04"),
    )

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["service", "-date", "id"]

    def __str__(self):
        return f"{self.publisher} {self.date}".strip()


class Mark(models.Model):
    """A doubt about a listing that a reader should know."""

    class Kind(models.TextChoices):
        OLD = "old", _("old source")
        CONFLICT = "conflict", _("sources disagree")
        VERIFY = "verify", _("to be checked")

    service = models.ForeignKey("services.Service", models.CASCADE, related_name="marks")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("doubt")
        verbose_name_plural = _("doubts")
        ordering = ["service", "kind", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["old", "conflict", "verify"]), name="mark_kind_known"
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.text}"


class Confirmation(models.Model):
    """Somebody vouched for one group of a listing's fields on a day."""

    class FieldGroup(models.TextChoices):
        CONTACT = "contact", _("phone and contact")
        HOURS = "hours", _("opening hours")
        ACCEPTANCE = "acceptance", _("who is taken")
        CAPACITY = "capacity", _("free places")
        REST = "rest", _("everything else")

    class By(models.TextChoices):
        ORGANIZATION = "organization", _("the service itself")
        CITY = "city", _("the city")
        WORKER = "worker", _("a worker's report")

    service = models.ForeignKey("services.Service", models.CASCADE, related_name="confirmations")
    field_group = models.CharField(_("fields"), max_length=12, choices=FieldGroup)
    by = models.CharField(_("confirmed by"), max_length=12, choices=By)
    how = models.CharField(_("how"), max_length=120, blank=True)
    confirmed_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        ordering = ["service", "field_group", "-confirmed_at"]
        indexes = [
            models.Index(
                fields=["service", "field_group", "-confirmed_at"], name="confirmation_latest"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    field_group__in=["contact", "hours", "acceptance", "capacity", "rest"]
                ),
                name="confirmation_group_known",
            ),
            models.CheckConstraint(
                condition=models.Q(by__in=["organization", "city", "worker"]),
                name="confirmation_by_known",
            ),
        ]

    def __str__(self):
        return f"{self.get_field_group_display()}, {self.confirmed_at:%Y-%m-%d}"
