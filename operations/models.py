"""What the site remembers of its own upkeep."""

from django.db import models
from django.utils import timezone


class Upkeep(models.Model):
    """When a piece of work that no visitor asks for was last done: one row a name.

    Names are those of the jobs in `operations.tick.jobs`, `tick` itself, `clock`
    (`operations.tick.clock`), and `backup`. Of an error its type is kept, never its words, which
    may quote what somebody typed.
    """

    name = models.CharField("name", max_length=60, primary_key=True)
    started_at = models.DateTimeField("last started", null=True)
    finished_at = models.DateTimeField("last finished, well or not", null=True)
    succeeded_at = models.DateTimeField("last done well", null=True)
    #: While a process is at it; it stays where that process was killed.
    claimed_until = models.DateTimeField("claimed until", null=True)
    error = models.CharField("type of the last error", max_length=100, blank=True)

    class Meta:
        verbose_name = "upkeep"
        verbose_name_plural = "upkeep"
        ordering = ["name"]

    def __str__(self):
        return self.name

    @classmethod
    def succeeded(cls, name):
        """Note that work of this name has just been done; one or two queries."""
        now = timezone.now()
        values = {"finished_at": now, "succeeded_at": now, "error": ""}
        cls.objects.update_or_create(name=name, defaults=values)
