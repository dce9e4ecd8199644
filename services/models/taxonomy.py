"""The two vocabularies that every listing is filed under: needs and target groups."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from parler.models import TranslatableModel, TranslatedFields


class Term(TranslatableModel):
    """A word of a vocabulary: a fixed code and its names by language."""

    code = models.SlugField(_("code"), primary_key=True, max_length=40)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self):
        return self.safe_translation_getter("name", any_language=True) or self.code


class Need(Term):
    """What a person may need, in one of the four stages of a referral pathway."""

    class Stage(models.TextChoices):
        IDENTIFICATION = "identification", _("Identification")
        REFERRAL = "referral", _("Referral")
        PROTECTION = "protection", _("Protection")
        RECOVERY = "recovery", _("Recovery")

    stage = models.CharField(_("stage"), max_length=16, choices=Stage)
    translations = TranslatedFields(
        name=models.CharField(_("name"), max_length=80),
        synonyms=models.JSONField(_("other words people search for"), default=list, blank=True),
    )

    class Meta(Term.Meta):
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    stage__in=["identification", "referral", "protection", "recovery"]
                ),
                name="need_stage_known",
            )
        ]


class TargetGroup(Term):
    """One of the groups whom a service may serve in particular."""

    translations = TranslatedFields(
        name=models.CharField(_("name"), max_length=80),
        synonyms=models.JSONField(_("other words people search for"), default=list, blank=True),
    )

    class Meta(Term.Meta):
        verbose_name = _("target group")
        verbose_name_plural = _("target groups")
