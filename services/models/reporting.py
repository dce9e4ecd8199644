"""What is reported to be wrong with a listing, and the holds that follow: no word about a person."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.models.listings import Service


class Hold(models.Model):
    """A listing taken out of the directory by reports, until two people release it."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="holds")
    #: The kinds of reports that put it on hold, and of those that came meanwhile.
    kinds = models.JSONField(_("kinds of reports"), default=list)
    is_harm = models.BooleanField(_("because of harm"), default=False)
    placed_at = models.DateTimeField(_("since"), default=timezone.now)
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["-placed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["service"],
                condition=models.Q(released_at__isnull=True),
                name="hold_one_at_a_time",
            )
        ]

    def __str__(self):
        return f"hold {self.pk}"


class Release(models.Model):
    """One of the two people who say that a listing may be shown again."""

    hold = models.ForeignKey(Hold, models.CASCADE, related_name="releases")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    #: Signed for the network, where the city has too few people of its own.
    for_network = models.BooleanField(default=False)
    #: Whether this one may be the administrator whom a hold for harm needs.
    as_administrator = models.BooleanField(default=False)
    signed_at = models.DateTimeField(_("signed"), default=timezone.now)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["signed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["hold", "user"], name="release_once_a_person")
        ]

    def __str__(self):
        return f"release of hold {self.hold_id}"


class Report(models.Model):
    """One thing that is said to be wrong with a listing: what and on which day, never in words.

    Of a vetted worker it is kept who they are, so that they do not judge their own report. Of
    anybody else nothing is: their reports of a day are one row with a count.
    """

    class Kind(models.TextChoices):
        CONTACT = "contact", _("The phone or another contact is wrong")
        HOURS = "hours", _("The opening hours are wrong")
        ACCEPTANCE = "acceptance", _("Who is taken is wrong")
        PLACES = "places", _("What it says of free places is wrong")
        PLACE = "place", _("The place is wrong")
        CLOSED = "closed", _("It has closed")
        DISCRIMINATION = "discrimination", _("Somebody was treated badly there for who they are")
        BREACH = "breach", _("They told others what was said in confidence")
        UNSAFE = "unsafe", _("It is not safe there")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        MENDED = "mended", _("mended")
        NOT_SO = "not-so", _("not so")
        RELEASED = "released", _("released by two people")

    service = models.ForeignKey(Service, models.CASCADE, related_name="reports")
    kind = models.CharField(_("what is wrong"), max_length=14, choices=Kind)
    by_worker = models.BooleanField(_("by a vetted worker"), default=False)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    count = models.PositiveIntegerField(_("how many times"), default=1)
    reported_on = models.DateField(_("day"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    hold = models.ForeignKey(Hold, models.SET_NULL, null=True, blank=True, related_name="reports")

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["reported_on", "id"]
        indexes = [
            models.Index(
                fields=["service", "kind"],
                condition=models.Q(state="open"),
                name="report_open",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "kind", "reporter"],
                condition=models.Q(state="open", reporter__isnull=False),
                name="report_one_a_worker",
            ),
            models.UniqueConstraint(
                fields=["service", "kind", "reported_on"],
                condition=models.Q(state="open", by_worker=False),
                name="report_one_row_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(by_worker=True) | models.Q(reporter__isnull=True),
                name="report_keeps_nobody_else",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        "contact", "hours", "acceptance", "places", "place", "closed",
                        "discrimination", "breach", "unsafe",
                    ]
                ),
                name="report_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", resolved_at__isnull=True)
                | models.Q(state__in=["mended", "not-so", "released"], resolved_at__isnull=False),
                name="report_state_known",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"report {self.pk}"
