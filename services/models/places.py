"""Where: countries, cities, and the public districts a worker can measure from."""

import uuid
import zoneinfo

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from parler.models import TranslatableModel, TranslatedFields

from services.models.fields import MomentSetByUpdateAlone, NumberSetByUpdateAlone

#: Words that are addresses of the site and so can name no city.
RESERVED_SLUGS = frozenset(
    {
        "about",
        "accounts",
        "admin",
        "api",
        "check",
        "handoff",
        "healthz",
        "join",
        "language",
        "learn",
        "leave",
        "metrics",
        "my-referrals",
        "network",
        "office",
        "readyz",
        "report",
        "static",
    }
)


def validate_city_slug(value):
    """Refuse a word under which the city's pages could never be opened."""
    if value in RESERVED_SLUGS:
        raise ValidationError(_("“%(value)s” is an address of the site."), params={"value": value})


def validate_timezone(value):
    """Refuse a name that is not in the IANA time zone database."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(value)s” is not a time zone. Use an IANA name such as Europe/Brussels."),
            params={"value": value},
        )


class CoordinateFields(models.Model):
    """WGS 84 latitude and longitude in degrees; both or neither."""

    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    class Meta:
        abstract = True


def coordinates_are_whole(name):
    """A constraint: both coordinates or none, each within its range."""
    none = models.Q(latitude__isnull=True, longitude__isnull=True)
    both = models.Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180)
    return models.CheckConstraint(condition=none | both, name=name)


class Country(TranslatableModel):
    """A country: the reach of its national lines and of its laws."""

    code = models.CharField(_("ISO 3166 code"), max_length=2, primary_key=True)
    emergency_numbers = models.JSONField(
        _("emergency numbers"),
        default=dict,
        blank=True,
        help_text=_('For example: {"any": "112", "police": "101", "ambulance": "112"}'),
    )
    translations = TranslatedFields(name=models.CharField(_("name"), max_length=80))

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["code"]

    def __str__(self):
        return self.code


class City(CoordinateFields, TranslatableModel):
    """A city whose directory people look through.

    `version` grows with every change a reader of this city could notice, so a
    cached copy of its directory is current exactly while the number stands.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("address in the site"), unique=True, validators=[validate_city_slug])
    country = models.ForeignKey(
        Country, models.PROTECT, related_name="cities", verbose_name=_("country")
    )
    timezone = models.CharField(_("time zone"), max_length=64, validators=[validate_timezone])
    languages = models.JSONField(
        _("languages of the city"), default=list, help_text=_("BCP 47 tags, most used first")
    )
    is_sample = models.BooleanField(
        _("sample data"),
        default=True,
        help_text=_("Pages carry a banner until the city confirms its listings."),
    )
    #: The thirty-second check (`services.confirming`). Changed by update: no reader sees them.
    checks_on = models.BooleanField(_("ask organisations by mail"), default=False, editable=False)
    check_every_days = models.PositiveSmallIntegerField(
        _("days between an answer and the next mail"), default=90, editable=False
    )
    checks_apply_at_once = models.BooleanField(
        _("changes by organisations count at once"), default=False, editable=False
    )
    checks_reply_to = models.EmailField(
        _("where answers to the mails go"), blank=True, editable=False
    )
    population = models.PositiveIntegerField(
        _("inhabitants"),
        null=True,
        blank=True,
        help_text=_("Of the area that these services are there for. Leave empty if not known."),
    )
    women = models.PositiveIntegerField(_("women and girls among them"), null=True, blank=True)
    version = models.PositiveBigIntegerField(default=1, editable=False)
    #: The number of the last change of a listing here, and of the last that everybody may notice
    #: (`services.changes`): what an answer about the city is known by.
    last_change = NumberSetByUpdateAlone(default=0, db_default=0, editable=False)
    last_public_change = NumberSetByUpdateAlone(default=0, db_default=0, editable=False)
    #: Until when something told of one of its listings may count (`services.signals`): before, and
    #: where it is empty, nobody need look. Later than needed does no harm. No change for any reader.
    told_until = MomentSetByUpdateAlone(null=True, editable=False)
    #: Its number in the gazetteer, where it was opened from there.
    geoname_id = models.PositiveIntegerField(null=True, unique=True, editable=False)
    #: Since when it is no sample, and when it last fell back to one because something expired.
    live_since = models.DateTimeField(null=True, editable=False)
    fell_back_at = models.DateTimeField(null=True, editable=False)
    #: Codes of what it lacked when that was last looked at; None while nobody has looked.
    lacks = models.JSONField(null=True, editable=False)
    translations = TranslatedFields(name=models.CharField(_("name"), max_length=120))

    class Meta:
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        ordering = ["slug"]
        constraints = [
            coordinates_are_whole("city_coordinates_whole"),
            models.CheckConstraint(
                condition=models.Q(population__isnull=True)
                | models.Q(women__isnull=True)
                | models.Q(women__lte=models.F("population")),
                name="city_women_among_inhabitants",
            ),
        ]

    def __str__(self):
        return self.safe_translation_getter("name", any_language=True) or self.slug

    def get_absolute_url(self):
        return reverse("city", args=[self.slug])


class Place(models.Model):
    """A public spot, such as a station, that a worker picks to see what is near."""

    city = models.ForeignKey(City, models.CASCADE, related_name="places")
    slug = models.SlugField(_("address in the site"))
    name = models.CharField(_("name"), max_length=120)
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))

    class Meta:
        verbose_name = _("place to measure from")
        verbose_name_plural = _("places to measure from")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["city", "slug"], name="place_unique_in_city"),
            coordinates_are_whole("place_coordinates_whole"),
        ]

    def __str__(self):
        return self.name
