"""A passage of a toolbox with its words by language, and how it stood before each change."""

import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from parler.models import TranslatableModel, TranslatedFields

from services.models.history import Version


class Passage(TranslatableModel):
    """One short piece of advice: for a group or for everybody, for one stage.

    `helps` and `also_helps` hold what it is opened from, `question:<id>` or `need:<code>`. A passage
    that somebody edited is never written by the files again; `loaded_from` is the fingerprint of
    the row that it came from. The source of all translations is English.
    """

    class Group(models.TextChoices):
        """The groups of `referrals.pathway.facts`; without one a passage is for everybody."""

        LGBTQI = "lgbtqi", _("LGBTQI+ migrants")
        WOMEN_GIRLS = "women-girls", _("Migrant women and girls")
        UNACCOMPANIED_CHILDREN = "unaccompanied-children", _("Unaccompanied children")
        FAMILIES = "families", _("Migrant families")

    class Stage(models.TextChoices):
        """The four stages of a pathway; those who help come last, and count."""

        IDENTIFICATION = "identification", _("Identification")
        REFERRAL = "referral", _("Referral")
        PROTECTION = "protection", _("Protection")
        RECOVERY = "recovery", _("Recovery")
        YOURSELF = "yourself", _("Looking after yourself")

    class Kind(models.TextChoices):
        SIGNS = "signs", _("signs to notice")
        OPENING = "opening", _("how to open the conversation")
        SAY = "say", _("words to say")
        AVOID = "avoid", _("words to avoid")
        CONSENT = "consent", _("what consent means here")
        REPORT = "report", _("what must be reported")
        REFER = "refer", _("how to refer")
        PROTECTION = "protection", _("protection")
        RECOVERY = "recovery", _("recovery")
        YOURSELF = "yourself", _("looking after yourself")

    code = models.SlugField(_("code"), primary_key=True, max_length=60)
    group = models.CharField(_("group"), max_length=24, choices=Group, blank=True)
    stage = models.CharField(_("stage"), max_length=16, choices=Stage)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    helps = models.JSONField(default=list, blank=True, editable=False)
    also_helps = models.JSONField(default=list, blank=True, editable=False)
    sources = models.JSONField(
        _("sources"),
        default=list,
        blank=True,
        help_text="[{title, publisher, url, date}], what is not known left out",
    )
    reviewed_on = models.DateField(_("reviewed on"))
    reviewer_role = models.CharField(_("reviewed by, a role and no name"), max_length=120)
    next_review = models.DateField(_("next review"))
    signed_off_by = models.CharField(_("signed off by"), max_length=160, blank=True)
    is_shown = models.BooleanField(_("shown"), default=True)
    loaded_from = models.CharField(max_length=64, blank=True, editable=False)
    edited_at = models.DateTimeField(null=True, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    translations = TranslatedFields(
        title=models.CharField(_("title"), max_length=120),
        body=models.TextField(_("text")),
        #: Fingerprint of the English that a translation was made from; of English itself none.
        source=models.CharField(max_length=64, blank=True, default="", editable=False),
        is_draft=models.BooleanField(_("drafted by a machine, not yet checked"), default=False),
        words_edited_at=models.DateTimeField(null=True, editable=False),
    )

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(next_review__gt=models.F("reviewed_on")),
                name="passage_next_review_after_review",
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def is_overdue(self):
        """Whether its next review should have been; a day is in UTC."""
        return self.next_review < today()


def today():
    """The day on which reviews fall due, in UTC."""
    return timezone.now().astimezone(datetime.UTC).date()


class PassageVersion(Version):
    """A passage with all its languages after a change; the first is how it stood before the first."""

    class Way(models.TextChoices):
        FILE = "file", _("loaded from the files")
        FORM = "form", _("edited")
        REVERT = "revert", _("an earlier version brought back")

    passage = models.ForeignKey(Passage, models.CASCADE, related_name="versions")
    way = models.CharField(_("how"), max_length=8, choices=Way)

    class Meta(Version.Meta):
        verbose_name = _("version of a passage")
        verbose_name_plural = _("versions of passages")
