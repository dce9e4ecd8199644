"""Lines of a dry run into the database: only what changes, all of it or nothing."""

import uuid
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from services import history, search
from services.fixture_shapes import FixtureError, Where
from services.hsds.wanted import Place, Wanted
from services.hsds.writing import Writer
from services.ids import stable_id
from services.models import Confirmation, Location, Organization, Phone, Service, ServiceAtLocation
from services.phones import line_of
from services.projection import TEXTS
from services.saving import replace
from services.sheets.columns import BY_NAME, COLUMNS, PLACE
from services.sheets.present import AT_ONCE
from services.versions import paused
from services.visibility import Visibility

Words = Service._parler_meta.root_model
NOTHING = Where("")
#: Columns that the text of a search may be made of.
SEARCHED = {
    column.name
    for column in COLUMNS
    if column.part in ("words", "links", "languages", "place", "sealed_place")
    or column.name in ("organisation", "official_name", "confidential")
}


class NotWrittenError(Exception):
    """Why nothing was written, in words for whoever imports."""


def lock(ids):
    """Until the transaction ends nobody else changes these listings."""
    ids = sorted(ids)
    for start in range(0, len(ids), AT_ONCE):
        list(
            Service.objects.select_for_update()
            .filter(pk__in=ids[start : start + AT_ONCE])
            .order_by("pk")
            .values_list("pk")
        )


def write(lines, around):
    """Write the lines that add or change; raises `NotWrittenError`, and then nothing is written.

    Runs in a bulk import: versions rise and changes are told once, at the end.
    """
    with paused():
        changed = [line for line in lines if line.state == "changed"]
        written = _write_new([line for line in lines if line.state == "added"], around)
        _write_changed(changed, around)
        written += [line.id for line in changed if not SEARCHED.isdisjoint(line.values)]
        for start in range(0, len(written), AT_ONCE):
            search.rebuild(Service.objects.filter(pk__in=written[start : start + AT_ONCE]))


# New listings


def _write_new(lines, around):
    if not lines:
        return []
    writer = Writer()
    for start in range(0, len(lines), AT_ONCE):
        for line in lines[start : start + AT_ONCE]:
            with _naming(line.row):
                writer.add(_wanted(line, around), {}, NOTHING)
        with _naming(lines[start].row):
            writer.flush(NOTHING)
    return writer.written


class _naming:  # noqa: N801 - read as a word after `with`
    """Within the block, whatever is refused is said of this row."""

    def __init__(self, row):
        self._row = row

    def __enter__(self):
        return self

    def __exit__(self, _kind, error, _trace):
        if isinstance(error, FixtureError | ValidationError | IntegrityError):
            said = (
                error.messages if isinstance(error, ValidationError) else [str(error).strip(": ")]
            )
            # The database's own words may hold the whole row, and with it a place.
            said = [] if isinstance(error, IntegrityError) else said
            message = _("Nothing was imported. Row %(row)s is refused: %(why)s")
            why = " ".join(said) or _("it was changed meanwhile. Check the file again.")
            raise NotWrittenError(message % {"row": self._row, "why": why}) from error
        return False


def _wanted(line, around):
    """A new listing as imports write one."""
    pk, said = uuid.UUID(line.id), line.values
    by_part = _by_part(said)
    confidential = bool(said.get("confidential"))
    fields = by_part.get("field", {}) | by_part.get("sealed_field", {})
    organization = fields.pop("organisation")
    fields.pop("reach", None)
    values = {"reach": Service.Reach.CITY, "country": around.city.country_id} | fields
    phones = [
        {"number": number, "visibility": visibility, "position": position}
        for position, (number, visibility) in enumerate(
            (number, visibility)
            for visibility, numbers in by_part.get("phones", {}).items()
            for number in numbers
        )
    ]
    links = by_part.get("links", {})
    return Wanted(
        id=pk,
        slug="",
        organization=(None, organization),
        values=values,
        words={around.language: dict.fromkeys(TEXTS, "") | by_part.get("words", {})},
        places=[_new_place(pk, by_part, confidential)],
        phones=phones,
        languages=said.get("languages", []),
        criteria=[
            {"code": code, "stance": stance}
            for code, stance in by_part.get("criteria", {}).items()
            if stance
        ],
        cities=[around.city.slug],
        needs=links.get("needs", []),
        groups=links.get("target_groups", []),
    )


def _by_part(said):
    """Part -> key -> value of what a line says."""
    found = {}
    for name, value in said.items():
        column = BY_NAME[name]
        found.setdefault(column.part, {})[column.key] = value
    return found


def _new_place(pk, by_part, confidential):
    """Where a new listing is; of a confidential one sealed, whoever imports it."""
    spot = by_part.get("place", {}) | by_part.get("sealed_place", {})
    sealed = confidential or "sealed_place" in by_part
    values = spot | _kind_of(spot)
    if sealed and spot:
        values |= {"visibility": Visibility.SEALED.value, "confidential": confidential}
    return Place(stable_id("site", str(pk)), stable_id("location", str(pk)), values)


def _kind_of(spot):
    # A latitude of 0 is a place.
    is_place = any(value not in ("", None) for value in spot.values())
    return {"kind": Location.Kind.PHYSICAL.value if is_place else Location.Kind.VIRTUAL.value}


# Listings that are there


def _write_changed(lines, around):
    for start in range(0, len(lines), AT_ONCE):
        chunk = lines[start : start + AT_ONCE]
        services = Service.objects.in_bulk([line.id for line in chunk])
        history.keep_before(services)  # at once; row by row it would be a dozen queries each
        services = {str(pk): service for pk, service in services.items()}
        lapsed, words = {}, _words_of(services, around.language)
        for line in chunk:
            with _naming(line.row):
                change = _Change(line, services[line.id], around, words.get(line.id))
                for group in _change(change):
                    lapsed.setdefault(group, []).append(line.id)
        for group, ids in lapsed.items():
            Confirmation.objects.filter(service__in=ids, field_group=group).delete()


def _words_of(services, language):
    """Id of a service -> its texts in this language; one query."""
    rows = Words.objects.filter(master__in=services, language_code=language)
    return {str(row.master_id): row for row in rows}


@dataclass
class _Change:
    line: object
    service: Service
    around: object
    #: Its texts in the language of the file, if it has any.
    words: object = None

    def of(self, *parts):
        """Key -> new value, of the columns of these parts that change."""
        by_part = _by_part(self.line.values)
        return {key: value for part in parts for key, value in by_part.get(part, {}).items()}


def _change(change):
    """Write what changes of one listing; the groups of fields that nobody vouches for any longer."""
    groups = {BY_NAME[name].group for name in change.line.values} - {""}
    _change_place(change)  # first: a place is sealed before its service is confidential
    _change_fields(change)
    _change_words(change)
    _change_links(change)
    _change_criteria(change)
    if _change_phones(change):
        groups.add(Confirmation.FieldGroup.HOURS)
    return groups


def _change_fields(change):
    fields = change.of("field", "sealed_field")
    if not fields:
        return
    service = change.service
    if "organisation" in fields:
        fields["organization"] = _organization(fields.pop("organisation"))
    for name, value in fields.items():
        setattr(service, name, value)
    service.clean_fields(exclude=[f.name for f in service._meta.fields if f.name not in fields])
    service.save(update_fields=list(fields))


def _organization(name):
    known = Organization.objects.filter(name=name).first()
    return known or Organization.objects.create(pk=stable_id("organization", name), name=name)


def _change_words(change):
    words = change.of("words")
    if not words:
        return
    service, language = change.service, change.around.language
    row = change.words or Words(language_code=language)
    row.master = service
    for name, text in words.items():
        setattr(row, name, text)
    row.save()


def _change_links(change):
    for relation, codes in change.of("links").items():
        getattr(change.service, relation).set(codes)
    tags = change.line.values.get("languages")
    if tags is not None:
        replace(change.service, change.service.spoken, [{"tag": tag} for tag in tags], NOTHING)


def _change_criteria(change):
    wanted = change.of("criteria")
    if not wanted:
        return
    known = {one.code: one for one in change.service.criteria.filter(code__in=wanted)}
    for code, stance in wanted.items():
        one = known.get(code)
        if one and not stance:
            one.delete()
        elif one:
            one.stance = stance
            one.save()
        elif stance:
            change.service.criteria.create(code=code, stance=stance)


def _change_place(change):
    spot = change.of("place", "sealed_place")
    if not spot:
        return
    service = change.service
    site = service.sites.select_related("location").first()
    place = site.location if site else Location(kind=Location.Kind.VIRTUAL)
    for name, value in spot.items():
        setattr(place, name, value)
    place.kind = _kind_of({name: getattr(place, name) for name in PLACE})["kind"]
    confidential = change.line.values.get("confidential", service.confidential)
    if confidential and place.kind == Location.Kind.PHYSICAL:
        place.visibility, place.confidential = Visibility.SEALED, True
    elif change.of("sealed_place"):
        place.visibility = Visibility.SEALED
    place.save()
    if site is None:
        ServiceAtLocation.objects.create(service=service, location=place)


# Phones


def _change_phones(change):
    """Bring the phones up to date; whether one went that had hours of its own.

    A number that stays keeps its note and hours. One that is kept from whoever imports stays kept.
    """
    wanted = change.of("phones")
    if not wanted:
        return False
    known = list(change.service.phones.all())
    kept = {line_of(p.number) for p in known if p.visibility not in wanted and _is_kept(p, change)}
    queues = {
        visibility: [number for number in numbers if line_of(number) not in kept]
        for visibility, numbers in wanted.items()
    }
    final = _in_slots(known, queues, change.service)
    gone = [phone for phone in known if phone not in final]
    for phone in gone:
        phone.delete()
    for position, phone in enumerate(final):
        if phone.pk is None or phone.position != position or phone._anew:
            phone.position = position
            phone.save()
    return any(phone.opening_hours for phone in gone)


def _is_kept(phone, change):
    return phone.visibility == Visibility.SEALED and not change.around.sees_sealed


def _in_slots(known, queues, service):
    """The phones in their order: the numbers of each visibility fill the slots that it had.

    Those of a visibility that does not change stay as they are.
    """
    before = {line_of(phone.number): phone for phone in known if phone.visibility in queues}
    final = []
    for phone in known:
        queue = queues.get(phone.visibility)
        if queue is None:
            phone._anew = False
            final.append(phone)
        elif queue:
            final.append(_phone(before, queue.pop(0), phone.visibility, service))
    for visibility, queue in queues.items():
        final += [_phone(before, number, visibility, service) for number in queue]
    return final


def _phone(before, number, visibility, service):
    """The phone with this number, if there was one: its note and hours stay."""
    phone = before.pop(line_of(number), None) or Phone(service=service)
    phone._anew = (phone.number, phone.visibility) != (number, visibility)
    phone.number, phone.visibility = number, visibility
    return phone
