"""Who does what where: a person's role in a city, or in the whole network."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from services.models.places import City


class Membership(models.Model):
    """A person's role. What a role may do stands in `services.roles` and nowhere else."""

    class Role(models.TextChoices):
        WORKER = "worker", _("frontline worker")
        EDITOR = "editor", _("editor")
        ADMINISTRATOR = "administrator", _("city administrator")
        NETWORK = "network", _("network administrator")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    city = models.ForeignKey(
        City,
        models.CASCADE,
        verbose_name=_("city"),
        related_name="memberships",
        null=True,
        blank=True,
    )
    role = models.CharField(_("role"), max_length=13, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("role of a person")
        verbose_name_plural = _("roles of people")
        ordering = ["city__slug", "user_id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "city"], name="membership_one_role_a_city"),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(city__isnull=True),
                name="membership_one_network_role",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    role__in=["worker", "editor", "administrator"], city__isnull=False
                )
                | models.Q(role="network", city__isnull=True),
                name="membership_role_fits_city",
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()} {self.city_id or ''}".strip()
