"""What is listed: organisations, their services, places, phones and criteria."""

import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from parler.managers import TranslatableManager, TranslatableQuerySet
from parler.models import TranslatableModel, TranslatedFields

from services.hours import validate_opening_hours
from services.models.fields import SetByUpdateAlone
from services.models.places import City, Country, coordinates_are_whole
from services.models.sealed import (
    SealableCharField,
    SealableEmailField,
    SealableFloatField,
    SealableTextField,
    SealableURLField,
    SealedRow,
    SealedUpdates,
    at_rest_constraints,
)
from services.models.taxonomy import Need, TargetGroup
from services.visibility import Audience, Visibility


class Organization(models.Model):
    """Who runs one or more services."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)
    website = models.URLField(_("website"), max_length=600, blank=True)
    #: For the thirty-second check alone (`services.confirming`): shown and exported nowhere else.
    language = models.CharField(_("language of mails"), max_length=12, blank=True, editable=False)
    check_email = models.EmailField(_("address for mails"), blank=True, editable=False)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]

    def __str__(self):
        return self.name


class ServiceQuerySet(SealedUpdates, TranslatableQuerySet):
    """Which services? Every page, API, export and plan starts from `visible_to`."""

    def visible_to(self, audience):
        """Services whose existence this audience may know of; others are as if they never were.

        So is one on hold, whoever asks (`services.reporting`).
        """
        published = self.filter(status=Service.Status.PUBLISHED, held=False)
        return published.filter(visibility__in=audience.may_see)

    def readable_by(self, reader):
        """The same for somebody who reads across cities and is more than the public in some."""
        public = self.visible_to(Audience.PUBLIC)
        if reader.audience is Audience.PUBLIC or not reader.cities:
            return public
        more = self.visible_to(reader.audience).filter(serves(reader.cities, reader.countries))
        return public | more

    def serving(self, city):
        """Services that somebody in this city can use: the city's own, national and European ones."""
        return self.filter(serves([city.pk], [city.country_id]))

    def with_everything(self, *, cities=False):
        """Prefetch what a projection reads: about ten queries whatever the number of services."""
        return self.select_related("organization").prefetch_related(
            "translations",
            "phones",
            "criteria",
            "spoken",
            "needs",
            "target_groups",
            "sources",
            "marks",
            "confirmations",
            "sites__location",
            *(["cities"] if cities else []),
        )


def serves(cities, countries, prefix=""):
    """The condition that a service can be used in one of these cities, of these countries.

    As one set of ids, each part of which has its index: with “or” between them the whole table is read.
    """
    links = City.services.through.objects.filter(city_id__in=cities)
    by_reach = Service.objects.order_by()
    national = by_reach.filter(reach=Service.Reach.NATIONAL, country__in=countries)
    everywhere = by_reach.filter(reach=Service.Reach.EUROPEAN)
    ids = links.order_by().values("service_id")
    ids = ids.union(national.values("pk"), everywhere.values("pk"), all=True)
    return models.Q(**{f"{prefix}pk__in": ids})


class ServiceManager(TranslatableManager.from_queryset(ServiceQuerySet)):
    pass


class Service(SealedRow, TranslatableModel):
    """A door somebody can knock at: one thing an organisation does for people."""

    class Reach(models.TextChoices):
        CITY = "city", _("this city")
        NATIONAL = "national", _("the whole country")
        EUROPEAN = "european", _("all of Europe")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class WayIn(models.TextChoices):
        WALK_IN = "walk-in", _("walk in")
        CALL_FIRST = "call-first", _("call first")
        APPOINTMENT = "appointment", _("by appointment")
        PROFESSIONAL_REFERRAL = "professional-referral", _("a professional refers")
        AUTHORITIES_ONLY = "authorities-only", _("through the authorities only")

    class Cost(models.TextChoices):
        FREE = "free", _("free")
        PART = "part", _("partly paid")
        PAID = "paid", _("paid")

    class Capacity(models.TextChoices):
        TAKING = "taking", _("taking people")
        FULL = "full", _("full")
        UNKNOWN = "unknown", _("unknown")

    class Stance(models.TextChoices):
        """Takes, asks first, does not take: missing knowledge is never a no."""

        TAKES = "takes", _("takes")
        ASKS_FIRST = "asks-first", _("asks first")
        DOES_NOT_TAKE = "does-not-take", _("does not take")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("address in the site"), max_length=120, unique=True)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="services", verbose_name=_("organisation")
    )
    official_name = models.CharField(_("official name"), max_length=200)
    official_language = models.CharField(_("language of the name"), max_length=12, default="en")
    aliases = models.JSONField(_("other names and abbreviations"), default=list, blank=True)
    reach = models.CharField(_("reach"), max_length=8, choices=Reach, default=Reach.CITY)
    cities = models.ManyToManyField(
        City, related_name="services", blank=True, verbose_name=_("cities")
    )
    country = models.ForeignKey(
        Country,
        models.PROTECT,
        related_name="services",
        null=True,
        blank=True,
        verbose_name=_("country"),
    )
    needs = models.ManyToManyField(Need, related_name="services", verbose_name=_("needs"))
    target_groups = models.ManyToManyField(
        TargetGroup, related_name="services", blank=True, verbose_name=_("target groups")
    )
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT)
    #: Taken out of the directory by reports until two people release it: `services.reporting.holds`.
    held = SetByUpdateAlone(_("on hold"), default=False, editable=False)
    visibility = models.CharField(
        _("who may know of it"), max_length=12, choices=Visibility, default=Visibility.PUBLIC
    )
    confidential = models.BooleanField(
        _("confidential place"),
        default=False,
        help_text=_("The place never leaves the server; people come in by phone."),
    )
    email = SealableEmailField(_("e-mail"), blank=True)
    website = SealableURLField(_("website"), max_length=600, blank=True)
    how_to_get_in = models.CharField(_("how to get in"), max_length=24, choices=WayIn, blank=True)
    opening_hours = models.CharField(
        _("opening hours"),
        max_length=300,
        blank=True,
        validators=[validate_opening_hours],
        help_text=_("As in OpenStreetMap, for example: Mo-Fr 09:00-17:00; PH off"),
    )
    interpreter = models.CharField(
        _("interpreter on request"), max_length=13, choices=Stance, blank=True
    )
    cost = models.CharField(_("cost"), max_length=4, choices=Cost, blank=True)
    age_min = models.PositiveSmallIntegerField(_("youngest age"), null=True, blank=True)
    age_max = models.PositiveSmallIntegerField(_("oldest age"), null=True, blank=True)
    for_minors_only = models.BooleanField(_("only for under-18s"), default=False)
    for_professionals = models.BooleanField(_("only for professionals"), default=False)
    for_people_who_use_violence = models.BooleanField(
        _("only for people who use violence"), default=False
    )
    places = models.PositiveSmallIntegerField(
        _("beds or places"),
        null=True,
        blank=True,
        help_text=_(
            "How many there are in all. Only their sum is shown, in the office of the city."
        ),
    )
    capacity = models.CharField(
        _("free places"), max_length=7, choices=Capacity, default=Capacity.UNKNOWN
    )
    capacity_until = models.DateTimeField(_("free places known until"), null=True, blank=True)
    professional_note = SealableTextField(_("note for vetted workers"), blank=True)
    sealed_note = SealableTextField(_("note for administrators of the city"), blank=True)
    search_text = models.TextField(editable=False, blank=True)
    #: Fingerprint of the fixture row this was loaded from: while it stands, loading leaves the service alone.
    loaded_from = models.CharField(max_length=64, editable=False, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_modified = models.DateTimeField(
        _("last changed"), default=timezone.now, editable=False, db_index=True
    )
    translations = TranslatedFields(
        name=models.CharField(_("name"), max_length=200),
        summary=models.TextField(_("summary"), blank=True),
        hours_note=models.TextField(_("about the hours"), blank=True),
        cost_note=models.TextField(_("about the cost"), blank=True),
        way_in=models.TextField(_("how to reach it without phone or e-mail"), blank=True),
        #: Field -> what its text was translated from (`services.translating.origins`).
        origins=models.JSONField(default=dict, blank=True, editable=False),
        #: A note of the service (of a phone, a criterion, a place, a doubt) -> its translation.
        notes=models.JSONField(default=dict, blank=True, editable=False),
    )

    objects = ServiceManager()

    SEALED = ("sealed_note", "email", "website", "professional_note")
    SEALED_BY = ("visibility",)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["slug"]
        indexes = [
            # What serves a country or all of Europe; `status` in front would draw in every service.
            models.Index(fields=["reach", "country"], name="service_by_reach"),
            # What pages of the API count and leaf through.
            models.Index(
                fields=["id", "last_modified"],
                condition=models.Q(status="published", held=False, visibility="public"),
                name="service_public",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reach__in=["city", "national", "european"]),
                name="service_reach_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(reach="national") | models.Q(country__isnull=False),
                name="service_national_has_country",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "published", "withdrawn"]),
                name="service_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(visibility__in=["public", "professional", "sealed"]),
                name="service_visibility_known",
            ),
            models.CheckConstraint(
                condition=models.Q(age_min__isnull=True)
                | models.Q(age_max__isnull=True)
                | models.Q(age_min__lte=models.F("age_max")),
                name="service_ages_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity="unknown") | models.Q(capacity_until__isnull=False),
                name="service_capacity_expires",
            ),
            *at_rest_constraints(
                "service",
                models.Q(sealed_note="")
                & (
                    ~models.Q(visibility="sealed")
                    | models.Q(email="", website="", professional_note="")
                ),
            ),
        ]

    def __str__(self):
        return self.official_name

    def save(self, *args, **kwargs):
        self.clean()
        super().save(*args, **kwargs)

    def sealed_columns(self):
        """The note always; of a service that is sealed as a whole also how it is reached."""
        return self.SEALED if self.visibility == Visibility.SEALED else self.SEALED[:1]

    def clean(self):
        super().clean()
        if self.confidential and not self._state.adding and self._has_open_place():
            raise ValidationError(
                _(
                    "This service is confidential, but one of its places is not sealed. "
                    "Seal or remove the place first."
                )
            )

    def get_absolute_url(self):
        """The page of this service in its first city; one query, two for national services."""
        city = (
            self.cities.first()
            or City.objects.filter(
                **({"country": self.country_id} if self.country_id else {})
            ).first()
        )
        return reverse("service", args=[city.slug, self.slug]) if city else reverse("home")

    def _has_open_place(self):
        return (
            self.sites.exclude(location__visibility=Visibility.SEALED)
            .exclude(location__kind=Location.Kind.VIRTUAL)
            .exists()
        )


class Location(SealedRow):
    """Where a service meets people: a building, or nowhere (a phone line).

    A confidential place is always sealed; the database refuses anything else. Where a sealed one
    is, the database does not know: `services.models.sealed`.
    """

    class Kind(models.TextChoices):
        PHYSICAL = "physical", _("a building")
        VIRTUAL = "virtual", _("no place: phone or online")

    latitude = SealableFloatField(_("latitude"), null=True, blank=True)
    longitude = SealableFloatField(_("longitude"), null=True, blank=True)
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PHYSICAL)
    visibility = models.CharField(
        _("who may see it"), max_length=12, choices=Visibility, default=Visibility.PUBLIC
    )
    confidential = models.BooleanField(_("confidential"), default=False)
    street = SealableCharField(_("street and number"), max_length=300, blank=True)
    postal_code = SealableCharField(_("postal code"), max_length=20, blank=True)
    town = SealableCharField(_("town"), max_length=120, blank=True)
    note = SealableCharField(_("how to find the door"), max_length=400, blank=True)

    SEALED = ("street", "postal_code", "town", "note", "latitude", "longitude")
    SEALED_BY = ("visibility",)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            coordinates_are_whole("location_coordinates_whole"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["physical", "virtual"]), name="location_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(visibility__in=["public", "professional", "sealed"]),
                name="location_visibility_known",
            ),
            models.CheckConstraint(
                condition=models.Q(confidential=False) | models.Q(visibility="sealed"),
                name="location_confidential_is_sealed",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="physical")
                | models.Q(street="", postal_code="", latitude__isnull=True),
                name="location_virtual_has_no_place",
            ),
            *at_rest_constraints(
                "location",
                models.Q(street="", postal_code="", town="", note="")
                & models.Q(latitude__isnull=True, longitude__isnull=True),
                when=models.Q(visibility="sealed"),
            ),
        ]

    def __str__(self):
        """Never the address: this text ends up in logs, messages and histories."""
        return f"{self.get_kind_display()} {str(self.id)[:8]}"

    def save(self, *args, **kwargs):
        self.clean()
        super().save(*args, **kwargs)

    @property
    def is_open(self):
        """Whether it is a place that somebody besides the administrators may see."""
        return self.kind == self.Kind.PHYSICAL and self.visibility != Visibility.SEALED

    def sealed_columns(self):
        return self.SEALED if self.visibility == Visibility.SEALED else ()

    def sealed_box(self):
        """As of every row; refuses what the database can no longer see to refuse."""
        if self.visibility == Visibility.SEALED:
            has_place = self.street or self.postal_code or self.latitude is not None
            is_half = (self.latitude is None) != (self.longitude is None)
            if is_half or (has_place and self.kind == self.Kind.VIRTUAL and not self.is_shut):
                raise IntegrityError("A sealed place has half a point, or is nowhere.")
        return super().sealed_box()

    def clean(self):
        super().clean()
        if self.is_open and self.sites.filter(service__confidential=True).exists():
            raise ValidationError(
                _("A confidential service is here, so this place must stay sealed.")
            )


class SiteQuerySet(models.QuerySet):
    """Which sites of services?"""

    def readable_by(self, reader, services=None):
        """Sites to be named to a reader, of services that this reader may know of.

        A site whose place is withheld stands in for its service alone, once: how many secret
        places there are is nobody's business. The projection shows it without a place.
        `services` are those that the reader may know of, if they are narrowed already.
        """
        services = Service.objects.readable_by(reader) if services is None else services
        siblings = ServiceAtLocation.objects.filter(service=models.OuterRef("service"))
        alone = ~models.Exists(siblings.filter(shows_place(reader))) & ~models.Exists(
            siblings.filter(pk__lt=models.OuterRef("pk"))
        )
        return self.filter(shows_place(reader) | alone, service__in=services)


def shows_place(reader):
    """The condition that a site's place may be shown to a reader; a virtual one hides nothing."""
    confidential = ServiceAtLocation.objects.filter(
        service=models.OuterRef("service"), location__confidential=True
    )
    seen = models.Q(location__visibility=Visibility.PUBLIC)
    if reader.audience is not Audience.PUBLIC and reader.cities:
        at_home = serves(reader.cities, reader.countries, prefix="service__")
        seen |= models.Q(location__visibility__in=reader.audience.may_see) & at_home
    shown = seen & models.Q(service__confidential=False) & ~models.Exists(confidential)
    return models.Q(location__kind=Location.Kind.VIRTUAL) | shown


class ServiceAtLocation(models.Model):
    """One service at one place; a phone line has one with a virtual place."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="sites")
    location = models.ForeignKey(Location, models.CASCADE, related_name="sites")

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("service at a place")
        verbose_name_plural = _("services at places")
        ordering = ["service", "id"]
        constraints = [models.UniqueConstraint(fields=["service", "location"], name="site_unique")]

    def __str__(self):
        return f"{self.service} · {self.location}"

    def save(self, *args, **kwargs):
        self.clean()
        super().save(*args, **kwargs)

    def clean(self):
        if self.location_id and self.service.confidential and self.location.is_open:
            raise ValidationError(_("A confidential service can have a sealed place only."))
