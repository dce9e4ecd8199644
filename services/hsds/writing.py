"""`Wanted` services into the database: new ones many at once, known ones only where they differ."""

import contextlib

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.text import slugify

from services import bulk, history, versions
from services.hsds.moving import change_location, change_places
from services.ids import stable_id
from services.models import (
    City,
    Confirmation,
    Criterion,
    Location,
    Mark,
    Need,
    Organization,
    Phone,
    Service,
    ServiceAtLocation,
    ServiceLanguage,
    Source,
    TargetGroup,
)
from services.saving import complain, replace, set_related, with_kept_phones, write
from services.vouching import dropping_overwritten

Words = Service._parler_meta.root_model
#: In this order rows can refer to one another.
MODELS = (
    Organization,
    Location,
    Service,
    Words,
    ServiceAtLocation,
    Phone,
    ServiceLanguage,
    Criterion,
    Source,
    Mark,
    Confirmation,
    Service.cities.through,
    Service.needs.through,
    Service.target_groups.through,
)
#: What is checked elsewhere, or costs a query to check.
UNCHECKED = {
    "organization",
    "country",
    "service",
    "location",
    "master",
    "language_code",
    "city",
    "need",
    "targetgroup",
}


class Writer:
    """Writes rows, remembering taxonomy, cities, organisations and slugs; six queries when made."""

    def __init__(self):
        self.written = []
        self._waiting = {model: [] for model in MODELS}
        self._places = {}
        self._cities = {city.slug: city for city in City.objects.all()}
        self._needs = Need.objects.in_bulk()
        self._groups = TargetGroup.objects.in_bulk()
        rows = list(Organization.objects.values_list("pk", "name"))
        self._organizations = {name: pk for pk, name in rows}
        self._organization_ids = {pk for pk, _name in rows}
        self._slugs = dict(Service.objects.values_list("slug", "pk"))

    def add(self, wanted, locations, where):
        """Take in a service that is not there yet; `flush` writes it.

        `locations` are those of its places that are there already, by id.
        """
        rows = {model: [] for model in MODELS}
        slug = self._slug(wanted, where)
        organization = self._organization(wanted.organization, rows, where)
        service = Service(
            pk=wanted.id,
            slug=slug,
            organization_id=organization.pk,
            **_columns(wanted.values),
        )
        rows[Service].append(_clean(service, where))
        for language, texts in wanted.words.items():
            row = Words(master_id=wanted.id, language_code=language, **texts)
            rows[Words].append(_clean(row, where, *(n for n, text in texts.items() if not text)))
        self._add_places(wanted, locations, rows, where)
        self._add_parts(wanted, rows, where)
        self._add_links(wanted, rows, where)
        self._take_in(slug, organization, rows)

    def flush(self, where):
        """Write all that was taken in."""
        with _complaints(where):
            for model, rows in self._waiting.items():
                model.objects.bulk_create(rows, batch_size=500)
        ids = [service.pk for service in self._waiting[Service]]
        self._waiting = {model: [] for model in MODELS}
        self._touch(ids)

    def change(self, wanted, where, *, whole):
        """Write a service that is there where it differs, except that nothing opens by it.

        `whole` restores it; otherwise what the row does not say stays as people made it. Says
        whether anything was written.
        """
        history.keep_before([wanted.id])
        with transaction.atomic(), dropping_overwritten(wanted.id), _complaints(where):
            service, changed = self._change_service(wanted, where, whole)
            changed |= change_places(service, wanted, whole, where)
            changed |= self._change_links(service, wanted, whole, where)
            for relation, name, rows in _parts(service, wanted):
                if whole or rows:
                    changed |= replace(service, relation, rows, where.at(name))
        for confirmation in wanted.confirmations:
            changed |= _confirm(wanted.id, confirmation)
        self._touch([wanted.id] if changed else [])
        return changed

    def _touch(self, ids):
        if ids:
            self.written += ids
            bulk.touch(ids)
            # Rows that are written many at once tell no receiver of it.
            versions.bump_all()

    def _take_in(self, slug, organization, rows):
        self._slugs[slug] = rows[Service][0].pk
        self._organizations[organization.name] = organization.pk
        self._organization_ids.add(organization.pk)
        self._places |= {location.pk: location for location in rows[Location]}
        for model, more in rows.items():
            self._waiting[model] += more

    def _slug(self, wanted, where):
        """The address of a row, if nobody else has it; else one made of its name."""
        if wanted.slug:
            if self._slugs.get(wanted.slug, wanted.id) != wanted.id:
                where.at("slug").refuse(f"“{wanted.slug}” is the address of another listing.")
            return wanted.slug
        slug = slugify(wanted.values["official_name"])[:100].strip("-") or "service"
        return f"{slug}-{wanted.id.hex[:8]}" if slug in self._slugs else slug

    def _organization(self, named, rows, where):
        """The organisation with this id, else with this name, else a new one."""
        pk, name = named
        if pk in self._organization_ids:
            return Organization(pk=pk, name=name)
        known = self._organizations.get(name)
        if known:
            return Organization(pk=known, name=name)
        new = Organization(pk=pk or stable_id("organization", name), name=name)
        rows[Organization].append(_clean(new, where))
        return new

    def _add_places(self, wanted, locations, rows, where):
        for place in wanted.places:
            known = locations.get(place.location) or self._places.get(place.location)
            if known is None:
                new = Location(pk=place.location, **place.values)
                rows[Location].append(_clean(new, where))
            elif not known._state.adding:
                change_location(known, place, where)
            site = ServiceAtLocation(
                pk=place.site, service_id=wanted.id, location_id=place.location
            )
            rows[ServiceAtLocation].append(site)

    def _add_parts(self, wanted, rows, where):
        parts = {
            Phone: wanted.phones,
            ServiceLanguage: [{"tag": tag} for tag in wanted.languages],
            Criterion: wanted.criteria,
            Source: wanted.sources,
            Mark: wanted.doubts,
            Confirmation: wanted.confirmations,
        }
        for model, listed in parts.items():
            for values in listed:
                rows[model].append(_clean(model(service_id=wanted.id, **values), where))

    def _add_links(self, wanted, rows, where):
        for relation, field, terms in self._links(wanted, where):
            through = getattr(Service, relation).through
            rows[through] += [
                through(service_id=wanted.id, **{f"{field}_id": term.pk}) for term in terms
            ]

    def _links(self, wanted, where):
        yield "cities", "city", [self._cities[slug] for slug in wanted.cities]
        yield "needs", "need", _terms(wanted.needs, self._needs, where.at("needs"))
        groups = _terms(wanted.groups, self._groups, where.at("target_groups"))
        yield "target_groups", "targetgroup", groups

    def _change_service(self, wanted, where, whole):
        rows = {model: [] for model in MODELS}
        organization = self._organization(wanted.organization, rows, where)
        for new in rows[Organization]:
            new.save(force_insert=True)
            self._organizations[new.name] = new.pk
        values = _columns(wanted.values) | {"organization_id": organization.pk}
        if whole:
            values["slug"] = self._slug(wanted, where)
        else:
            # What people wrote, or made secret, since.
            values = {k: v for k, v in values.items() if k != "sealed_note"}
            if not values["confidential"]:
                del values["confidential"]
        service, changed = write(Service, {"pk": wanted.id}, values, where, wanted.words)
        if whole:
            others = service.translations.exclude(language_code__in=wanted.words)
            changed |= bool(others.delete()[0])
        return service, changed

    def _change_links(self, service, wanted, whole, where):
        changed = [
            set_related(getattr(service, relation), terms)
            for relation, _field, terms in self._links(wanted, where)
            if whole or terms
        ]
        return any(changed)


def _columns(values):
    """Field values with the country by its code."""
    return {"country_id" if name == "country" else name: v for name, v in values.items()}


def _clean(row, where, *left_out):
    with _complaints(where):
        names = {field.name for field in row._meta.fields}
        row.clean_fields(exclude=(UNCHECKED & names) | set(left_out))
    return row


@contextlib.contextmanager
def _complaints(where):
    """Within the block, a complaint of a model or of the database is one about the row."""
    try:
        yield
    except ValidationError as error:
        complain(error, where)
    except DatabaseError:
        # Its own words may hold the whole row, and with it a place.
        where.refuse("the database refuses it.")


def _terms(codes, known, where):
    for code in codes:
        if code not in known:
            where.refuse(f"“{code}” is not in the taxonomy.")
    return [known[code] for code in codes]


def _parts(service, wanted):
    """What hangs on a service: the relation, its name in HSDS, and the values of its rows."""
    yield service.phones, "phones", with_kept_phones(service, wanted.phones)
    yield service.spoken, "languages", [{"tag": tag} for tag in wanted.languages]
    yield service.criteria, "criteria", wanted.criteria
    yield service.sources, "sources", wanted.sources
    yield service.marks, "doubts", wanted.doubts


def _confirm(service, values):
    """Add a confirmation, unless there is one of that day or a later one for the same fields."""
    later = Confirmation.objects.filter(
        service=service,
        field_group=values["field_group"],
        confirmed_at__gte=values["confirmed_at"].replace(hour=0),
    )
    if later.exists():
        return False
    Confirmation.objects.create(service_id=service, **values)
    return True
