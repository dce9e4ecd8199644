"""What was uploaded to be imported and waits for a yes, and how a city's files name their columns."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.models.places import City
from services.models.sealed import SealedQuerySet, SealedRow, at_rest_constraints, in_box


class SheetImportQuerySet(SealedQuerySet):
    """Which imports?"""

    def of(self, user, city):
        """Those that this person uploaded for this city and that are still kept."""
        return self.filter(user=user, city=city, expires_at__gt=timezone.now())

    def expired(self, now):
        """Those to be deleted."""
        return self.filter(expires_at__lte=now)


class SheetImport(SealedRow):
    """A file that somebody uploaded for a city, and what importing it would do.

    `content` and `result` are plain data, kept in a box: a file may hold what is sealed, or is to be.
    They go as soon as the import is applied, and the row goes when it expires. Nobody but the
    uploader opens one.
    """

    class Kind(models.TextChoices):
        SHEET = "sheet", _("spreadsheet")
        FEED = "feed", _("HSDS")

    class State(models.TextChoices):
        COLUMNS = "columns", _("waits for its columns")
        WAITING = "waiting", _("waits to be applied")
        APPLIED = "applied", _("applied")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    city = models.ForeignKey(City, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.SHEET)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    file_name = models.CharField(max_length=100)
    language = models.CharField(max_length=12, default="en")
    #: Whether it holds columns for administrators of the city.
    sealed = models.BooleanField(default=False)
    content = in_box("content")
    result = in_box("result")
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    objects = SheetImportQuerySet.as_manager()

    SEALED = ("content", "result")

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["expires_at"], name="sheet_import_expires")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["sheet", "feed"]), name="sheet_import_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["columns", "waiting"], applied_at__isnull=True)
                | models.Q(state="applied", applied_at__isnull=False),
                name="sheet_import_state_known",
            ),
            *at_rest_constraints("sheet_import"),
        ]

    def __str__(self):
        return f"import {str(self.id)[:8]}"


class ColumnMapping(models.Model):
    """Which of our columns the columns of a city's own file are, known again by their headers."""

    city = models.ForeignKey(City, models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64)
    #: {"columns": [our name, or "", for each column], "values": {our name: {text: ours}}}
    mapping = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        constraints = [
            models.UniqueConstraint(
                fields=["city", "fingerprint"], name="column_mapping_once_a_city"
            )
        ]

    def __str__(self):
        return f"columns {self.fingerprint[:8]}"
