"""The form of a listing, in the order in which a worker reads one, and the rows that hang on it."""

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import fields_for_model
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from parler.forms import TranslatableModelForm
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from services import scopes
from services.admin.base import OfficeFormSet, OfficeInline, unsealed
from services.models import (
    City,
    Confirmation,
    Country,
    Criterion,
    Location,
    Mark,
    Phone,
    Service,
    ServiceAtLocation,
    ServiceLanguage,
    Source,
)
from services.reverting import shared_with_others
from services.roles import Power, standing_of
from services.translating import weighing
from services.visibility import Visibility

#: Heading, fields, and the rows that are shown after them.
SECTIONS = (
    (
        _("What it is"),
        ("name", "summary", "official_name", "official_language", "aliases", "organization"),
        (),
    ),
    (_("How to reach it"), ("email", "website", "how_to_get_in", "way_in"), ("phones",)),
    (_("When it is open"), ("opening_hours", "hours_note"), ()),
    (
        _("Whom it takes"),
        (
            "age_min",
            "age_max",
            "for_minors_only",
            "for_professionals",
            "for_people_who_use_violence",
            "interpreter",
            "cost",
            "cost_note",
        ),
        ("criteria", "spoken"),
    ),
    (_("Where it is"), ("confidential",), ("sites",)),
    (_("What it is listed under"), ("needs", "target_groups", "reach", "cities", "country"), ()),
    (_("Free places"), ("capacity", "capacity_until"), ()),
    (_("Who may know of it"), ("status", "visibility"), ()),
    (_("Notes"), ("professional_note", "sealed_note"), ("sources", "marks")),
    (_("Just checked"), ("checked", "checked_how", "translation_checked"), ()),
)
HELP = {
    "name": _("In the language of this page, as a worker would say it aloud."),
    "summary": _("What it does, in two or three plain sentences. Nothing about any person."),
    "official_name": _("As on its door and its website."),
    "official_language": _("The code of its language, such as fr or nl."),
    "organization": _("Who runs it."),
    "how_to_get_in": _("What a person has to do first."),
    "way_in": _("For those who can neither call nor write."),
    "hours_note": _("What the hours cannot say, such as a break in summer."),
    "age_min": _("Empty: no lower limit is known."),
    "age_max": _("Empty: no upper limit is known."),
    "reach": _("People from where can use it."),
    "cities": _("Of the cities where you edit. Other cities of the listing stay as they are."),
    "country": _("Needed where it reaches the whole country."),
    "capacity": _("“Full” and “taking people” hold for a few days at most."),
    "capacity_until": _("After this moment it says “unknown” again."),
    "status": _("Only what is published is found. Withdraw a listing rather than delete it."),
    "professional_note": _("Vetted workers read this. Nothing about any person."),
    "sealed_note": _("Only administrators of the city read this."),
}


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        lines = (line.strip() for line in super().to_python(value).splitlines())
        return [line for line in lines if line]

    def has_changed(self, initial, data):
        return self.to_python(data or "") != (initial or [])


class ListingForm(TranslatableModelForm):
    """A listing within what its editor may do; the class made for a request knows who that is."""

    #: Set for each request: the editor's `Standing`, whether they see what is sealed in this
    #: listing, and what they have to be told before anything is saved.
    standing = None
    sees_sealed = False
    told = ()

    aliases = LinesField(
        label=_("Other names and abbreviations"),
        required=False,
        help_text=_("One a line. They are searched too."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )
    checked = forms.MultipleChoiceField(
        label=_("Checked with the service just now"),
        required=False,
        choices=Confirmation.FieldGroup.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("These parts then count as confirmed today by the city."),
    )
    checked_how = forms.CharField(
        label=_("How"),
        required=False,
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("For example: by phone. No names of people."),
    )

    translation_checked = forms.BooleanField(
        label=_("I have read the texts of this language: they say what the others say"),
        required=False,
        widget=UnfoldBooleanWidget,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, text in HELP.items():
            if name in self.fields:
                self.fields[name].help_text = text
        self._narrow()
        self._say_what_to_check()

    def _say_what_to_check(self):
        """Texts that one changes count as checked anyway; this is for those that are right already."""
        field = self.fields["translation_checked"]
        names = weighing.to_check(self.instance, self.language_code)
        labels = [str(self.fields[name].label) for name in names if name in self.fields]
        field.disabled = not labels
        field.help_text = (
            gettext("Drafted by a machine, or older than what they were made from: %(texts)s.")
            % {"texts": ", ".join(labels)}
            if labels
            else gettext("Nothing here is a draft, or older than what it was made from.")
        )

    def _narrow(self):
        """Nothing can be chosen that is not this editor's to give."""
        standing, fields = self.standing, self.fields
        if "country" in fields:
            own = set(standing.countries_with(Power.EDIT)) | {self.instance.country_id}
            fields["country"].queryset = Country.objects.filter(pk__in=own - {None})
        if "cities" in fields:
            own = standing.cities_with(Power.EDIT)
            fields["cities"].queryset = City.objects.filter(pk__in=own)
            shown = self.initial.get("cities", ())
            self.initial["cities"] = [c for c in shown if getattr(c, "pk", c) in own]
        if "reach" in fields:
            fields["reach"].choices = [c for c in fields["reach"].choices if self._may_reach(c[0])]
        if not self.sees_sealed:
            if "visibility" in fields:
                fields["visibility"].choices = unsealed(fields["visibility"].choices)
            # Taking it off could open what they cannot see.
            if "confidential" in fields and self.instance.confidential:
                fields["confidential"].disabled = True

    def _may_reach(self, reach):
        if reach in ("", self.instance.reach if self.instance.pk else ""):
            return True
        if reach == Service.Reach.EUROPEAN:
            return self.standing.network or bool(self.standing.cities_with(Power.SEALED))
        return bool(self.standing.cities_with(Power.EDIT))

    def clean_cities(self):
        """Those chosen, and those of other editors, which are not this one's to take away."""
        chosen = {city.pk for city in self.cleaned_data["cities"]}
        if self.instance.pk:
            own = self.standing.cities_with(Power.EDIT)
            chosen |= set(self.instance.cities.exclude(pk__in=own).values_list("pk", flat=True))
        return City.objects.filter(pk__in=chosen)

    def clean(self):
        super().clean()
        self._check_reach()
        values = self.cleaned_data
        if values.get("capacity") != Service.Capacity.UNKNOWN and not values.get("capacity_until"):
            self.add_error("capacity_until", gettext("Say until when this holds."))
        ages = values.get("age_min"), values.get("age_max")
        if None not in ages and ages[0] > ages[1]:
            self.add_error("age_max", gettext("The oldest age is below the youngest."))
        if not self.instance.slug:
            self.instance.slug = _free_slug(values.get("official_name", ""))
        for text in self.told:
            self.add_error(None, text)
        return self.cleaned_data

    def _check_reach(self):
        """A listing is somebody's: of one of the editor's cities, their country, or Europe."""
        values = self.cleaned_data
        reach, own = values.get("reach"), self.standing.cities_with(Power.EDIT)
        chosen = [city for city in values.get("cities", ()) if city.pk in own]
        if reach == Service.Reach.CITY and not chosen and "cities" not in self.errors:
            self.add_error("cities", gettext("Choose at least one of your cities."))
        if reach == Service.Reach.NATIONAL and not values.get("country"):
            self.add_error("country", gettext("Choose the country that it serves."))
        if reach == Service.Reach.CITY and chosen and not values.get("country"):
            values["country"] = chosen[0].country


def _free_slug(name):
    """An address that no listing has yet, whoever may see it."""
    slug = slugify(name)[:100].strip("-") or "service"
    if not Service.objects.filter(slug=slug).exists():
        return slug
    taken = set(Service.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    return next(s for n in range(2, len(taken) + 3) if (s := f"{slug}-{n}") not in taken)


class SealedRows(OfficeInline):
    """Rows that are sealed do not exist for who may not see what is sealed in this listing."""

    sealed = {"visibility": Visibility.SEALED}

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows if getattr(request, "sees_sealed", False) else rows.exclude(**self.sealed)

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """Nor can they seal one, and so lose sight of it."""
        if db_field.name == "visibility" and not getattr(request, "sees_sealed", False):
            kwargs["choices"] = unsealed(db_field.choices)
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class PhoneInline(SealedRows):
    model = Phone
    fields = ["number", "note", "opening_hours", "visibility", "position"]


class CriterionInline(OfficeInline):
    model = Criterion


class LanguageInline(OfficeInline):
    model = ServiceLanguage


class SourceInline(OfficeInline):
    model = Source


class MarkInline(OfficeInline):
    model = Mark


PLACE_FIELDS = (
    "kind",
    "street",
    "postal_code",
    "town",
    "note",
    "latitude",
    "longitude",
    "visibility",
)


class SiteForm(forms.ModelForm):
    """A place of a listing with its address: the row and the place are one thing to an editor."""

    standing = None

    class Meta:
        model = ServiceAtLocation
        fields = ()

    def __init__(self, *args, instance=None, initial=None, **kwargs):
        self.location = instance.location if instance and instance.pk else Location()
        there = {n: getattr(self.location, n) for n in PLACE_FIELDS} if instance else {}
        super().__init__(*args, instance=instance, initial=there | (initial or {}), **kwargs)
        if instance and instance.pk and shared_with_others(self.location, self.standing):
            for name in PLACE_FIELDS:
                self.fields[name].disabled = True

    def clean(self):
        super().clean()
        for name in PLACE_FIELDS:
            if name in self.cleaned_data:
                setattr(self.location, name, self.cleaned_data[name])
        if self.location.confidential:
            self.location.visibility = Visibility.SEALED
        if not self.errors and self.has_changed():
            self._check_place()
        return self.cleaned_data

    def _check_place(self):
        place = self.location
        if place.kind == Location.Kind.VIRTUAL and (
            place.street or place.postal_code or place.latitude is not None
        ):
            self.add_error("kind", gettext("What has an address is a building."))
            return
        if (place.latitude is None) != (place.longitude is None):
            self.add_error("longitude", gettext("Give both latitude and longitude, or neither."))
            return
        try:
            place.full_clean()
        except ValidationError as error:
            self.add_error(None, error.messages)

    def save(self, commit=True):
        if self.has_changed() or self.location._state.adding:
            self.location.save()
        self.instance.location = self.location
        return super().save(commit)


class SiteFormSet(OfficeFormSet):
    def clean(self):
        """A confidential listing has sealed places only, also when both change at once."""
        super().clean()
        if not self.instance.confidential:
            return
        for form in self.forms:
            if form in self.deleted_forms or not form.has_changed() or form.errors:
                continue
            if form.location.is_open:
                form.add_error(
                    None, gettext("A confidential service can have a sealed place only.")
                )

    def delete_existing(self, obj, commit=True):
        """A place where no listing is any more belongs to nobody, and nobody could find it again."""
        location = obj.location
        super().delete_existing(obj, commit)
        if commit and not location.sites.exists():
            location.delete()


class SiteInline(SealedRows):
    model = ServiceAtLocation
    form = SiteForm
    formset = SiteFormSet
    fields = list(PLACE_FIELDS)
    verbose_name, verbose_name_plural = _("place"), _("places")
    sealed = {"location__visibility": Visibility.SEALED}

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("location")

    def get_formset(self, request, obj=None, **kwargs):
        def field(db_field, **options):
            return self.formfield_for_dbfield(db_field, request, **options)

        places = fields_for_model(Location, PLACE_FIELDS, formfield_callback=field)
        self.form = type("SiteForm", (SiteForm,), {**places, "standing": standing_of(request)})
        return super().get_formset(request, obj, **kwargs)


INLINES = [
    PhoneInline,
    CriterionInline,
    LanguageInline,
    SiteInline,
    SourceInline,
    MarkInline,
]


def fieldsets(sees_sealed):
    """The form's parts, without what is sealed for who may not see it."""
    return [
        (title, {"fields": [n for n in names if sees_sealed or n != "sealed_note"]})
        for title, names, _rows in SECTIONS
    ]


def sections(parts, inlines):
    """(fieldset, rows after it) of a page's fieldsets and formsets, in the order of reading."""
    by_prefix = {inline.formset.prefix: inline for inline in inlines}
    return [
        (part, [by_prefix[name] for name in rows if name in by_prefix])
        for part, (_title, _names, rows) in zip(parts, SECTIONS, strict=True)
    ]


def sees_sealed(standing, service=None):
    """Whether somebody sees what is sealed in a listing, or may seal things in a new one."""
    if service is None or service._state.adding:
        return bool(standing.cities_with(Power.SEALED))
    return scopes.sees_sealed(standing, service)
