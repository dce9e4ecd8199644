"""What hangs on a service: its phones, the languages of its staff, and whom it takes."""

from django.db import IntegrityError, models
from django.utils.translation import gettext_lazy as _

from services.hours import validate_opening_hours
from services.models.listings import Service
from services.models.sealed import SealableCharField, SealedRow, at_rest_constraints
from services.phones import validate_phone
from services.visibility import Visibility


class Phone(SealedRow):
    """A number of a service, as dialled: international form, or a short code."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="phones")
    number = SealableCharField(_("number"), max_length=40, validators=[validate_phone])
    note = SealableCharField(_("who answers"), max_length=300, blank=True)
    opening_hours = models.CharField(
        _("hours of this line"), max_length=300, blank=True, validators=[validate_opening_hours]
    )
    visibility = models.CharField(
        _("who may see it"), max_length=12, choices=Visibility, default=Visibility.PUBLIC
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    SEALED = ("number", "note")
    SEALED_BY = ("visibility",)
    #: Its own id is not known before it is written.
    BOUND = ("service_id",)

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        ordering = ["service", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(number="") | ~models.Q(sealed_details=""),
                name="phone_has_number",
            ),
            *at_rest_constraints(
                "phone", models.Q(number="", note=""), when=models.Q(visibility="sealed")
            ),
            models.CheckConstraint(
                condition=models.Q(visibility__in=["public", "professional", "sealed"]),
                name="phone_visibility_known",
            ),
        ]

    def __str__(self):
        return f"phone {self.pk}"

    def sealed_columns(self):
        return self.SEALED if self.visibility == Visibility.SEALED else ()

    def sealed_box(self):
        """As of every row; refuses what the database can no longer see to refuse."""
        if not self.number:
            raise IntegrityError("A phone has no number.")
        return super().sealed_box()


class ServiceLanguage(models.Model):
    """A language that staff of a service speak."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="spoken")
    tag = models.CharField(_("BCP 47 tag"), max_length=12)

    class Meta:
        verbose_name = _("language on staff")
        verbose_name_plural = _("languages on staff")
        ordering = ["service", "id"]
        constraints = [
            models.UniqueConstraint(fields=["service", "tag"], name="service_language_unique")
        ]

    def __str__(self):
        return self.tag


class Criterion(models.Model):
    """Whether a service takes a kind of person: takes, asks first, or does not take."""

    class Code(models.TextChoices):
        WOMEN = "women", _("women")
        MEN = "men", _("men")
        TRANS = "trans", _("trans people")
        NON_BINARY = "non-binary", _("non-binary people")
        INTERSEX = "intersex", _("intersex people")
        MINORS = "minors", _("under-18s")
        WITH_CHILDREN = "with-children", _("people who bring children")
        LGBTQI = "lgbtqi", _("LGBTQI+ people")
        WOMEN_GIRLS = "women-girls", _("migrant women and girls")
        UNACCOMPANIED_CHILDREN = "unaccompanied-children", _("unaccompanied children")
        FAMILIES = "families", _("families")
        DOCUMENTED = "documented", _("people with a residence permit")
        ASYLUM_SEEKER = "asylum-seeker", _("asylum seekers")
        UNDOCUMENTED = "undocumented", _("people without papers")
        NO_POLICE_REPORT = "no-police-report", _("without a police report")
        NO_PAPERS = "no-papers", _("without insurance or papers")
        NO_MEANS = "no-means", _("people without income")
        ANONYMOUS = "anonymous", _("anonymous visits")
        STEP_FREE = "step-free", _("step-free entrance")
        FEMALE_STAFF = "female-staff", _("staff who are women")
        MALE_STAFF = "male-staff", _("staff who are men")
        REMOTE = "remote", _("by phone or online only")

    service = models.ForeignKey(Service, models.CASCADE, related_name="criteria")
    code = models.CharField(_("who or what"), max_length=24, choices=Code)
    stance = models.CharField(_("answer"), max_length=13, choices=Service.Stance)
    note = models.CharField(_("note"), max_length=300, blank=True)
    limit = models.PositiveSmallIntegerField(
        _("limit"),
        null=True,
        blank=True,
        help_text=_("For people who bring children: the oldest age of a son who may come along."),
    )

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["service", "id"]
        constraints = [
            models.UniqueConstraint(fields=["service", "code"], name="criterion_unique"),
            models.CheckConstraint(
                condition=models.Q(stance__in=["takes", "asks-first", "does-not-take"]),
                name="criterion_stance_known",
            ),
        ]

    def __str__(self):
        return f"{self.get_code_display()}: {self.get_stance_display()}"
