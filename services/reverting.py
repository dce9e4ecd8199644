"""An earlier version of a listing brought back: all of it, but never wider open than it is now."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from services import history, scopes, snapshots
from services.acting import Way, acting
from services.models import (
    City,
    Location,
    Need,
    Organization,
    Service,
    ServiceAtLocation,
    TargetGroup,
)
from services.models.sealed import ShutError
from services.phones import line_of
from services.saving import set_related
from services.translating import origins
from services.visibility import Visibility
from services.vouching import dropping_overwritten

_WIDTH = list(Visibility.values)
_VOCABULARIES = {"cities": City, "needs": Need, "target_groups": TargetGroup}


def revert(service, version, user, standing):
    """Bring a listing back to a version of it, recorded as a new one; what could not be brought back.

    Who may not see what is sealed leaves that as it is. Raises `ValidationError`, and then nothing
    has changed, where something would be open that is sealed now, or where the database refuses.
    """
    now = snapshots.take([service.pk])[service.pk]
    wanted = version.state
    states = [now, *(version.state for version in service.versions.order_by())]
    if None in states:
        # What was sealed in it cannot be known, and so might be opened.
        raise ShutError
    secrets = snapshots.secrets_of(states)
    if not scopes.sees_sealed(standing, service):
        wanted = _with_sealed_of(now, wanted, secrets)
    if _opens(now, wanted, secrets):
        raise ValidationError(
            _(
                "This version would open something that is closed today. "
                "Nothing was changed: bring back by hand what you need."
            )
        )
    with transaction.atomic(), acting(user, Way.REVERT), dropping_overwritten(service.pk):
        left = _apply(service.pk, wanted, standing)
        history.settle()
    return left


def _with_sealed_of(now, wanted, secrets):
    """A version with everything sealed as it is now."""
    kept_phones = [p for p in now["phones"] if snapshots.hides_phone(secrets, p)]
    kept_sites = [s for s in now["sites"] if snapshots.hides_site(secrets, s)]
    open_part = snapshots.without_sealed(wanted, secrets)
    return open_part | {
        "words": {
            code: said | {"notes": _notes(now, code) | said.get("notes", {})}
            for code, said in open_part["words"].items()
        },
        "fields": open_part["fields"] | {"sealed_note": now["fields"]["sealed_note"]},
        "phones": open_part["phones"] + kept_phones,
        "sites": open_part["sites"] + kept_sites,
    }


def _notes(state, code):
    return state["words"].get(code, {}).get("notes", {})


def _opens(now, wanted, secrets):
    """Whether more people would see something of a listing than do now, or did when it was last there."""
    before, after = now["fields"], wanted["fields"]
    if before["confidential"] and not after["confidential"]:
        return True
    if _wider(before["visibility"], after["visibility"]):
        return True
    lines = {line_of(p["number"]): p["visibility"] for p in now["phones"]}
    return any(_opens_phone(p, lines, secrets) for p in wanted["phones"]) or any(
        _opens_place(site, secrets) for site in wanted["sites"]
    )


def _opens_phone(phone, lines, secrets):
    line, shown = line_of(phone["number"]), phone["visibility"]
    if line in lines:
        return _wider(lines[line], shown)
    return line in secrets.lines and shown != Visibility.SEALED


def _opens_place(site, secrets):
    place, shown = Location.objects.filter(pk=site["location"]).first(), site["place"]["visibility"]
    if place is None:
        return site["location"] in secrets.locations and shown != Visibility.SEALED
    if place.confidential and not site["place"]["confidential"]:
        return True
    return _wider(place.visibility, shown)


def _wider(now, then):
    return _WIDTH.index(then) < _WIDTH.index(now)


def _apply(pk, state, standing):
    """Write a state; the words for what was left alone."""
    left = []
    service = Service.objects.select_for_update().get(pk=pk)
    _write_places_first(service, state, standing, left)
    _write_fields(service, state["fields"], left)
    _write_words(service, state["words"])
    for name, model in _VOCABULARIES.items():
        found = list(model.objects.filter(pk__in=state[name]))
        if len(found) < len(state[name]):
            left.append(_("Something that this version was filed under is no longer there."))
        set_related(getattr(service, name), found)
    for name, (model, columns, order) in snapshots.ROWS.items():
        _write_rows(service, model, columns, order, state[name])
    return left


def _write_fields(service, fields, left):
    for name, value in fields.items():
        field = Service._meta.get_field(name.removesuffix("_id"))
        value = field.target_field.to_python(value) if field.is_relation else field.to_python(value)
        setattr(service, name, value)
    if not Organization.objects.filter(pk=service.organization_id).exists():
        service.organization_id = Service.objects.values_list("organization_id", flat=True).get(
            pk=service.pk
        )
        left.append(_("The organisation of this version is no longer there."))
    service.full_clean(exclude=["search_text", "loaded_from"])
    service.save()


def _write_words(service, words):
    rows = {row.language_code: row for row in service.translations.all()}
    for code, row in rows.items():
        if code not in words:
            row.delete()
    for code, said in words.items():
        texts = {name: {} for name in snapshots.TRANSLATED} | said
        row = rows.get(code) or service.translations.model(master=service, language_code=code)
        if row.pk and all(getattr(row, name) == text for name, text in texts.items()):
            continue
        for name, text in texts.items():
            setattr(row, name, text)
        origins.as_they_are(row)
        row.save()


def _write_rows(service, model, columns, order, wanted):
    """Exactly these rows; those that are there already keep their place in other tables."""
    rows = model.objects.filter(service=service).order_by(*order)
    known = [{name: getattr(row, name) for name in columns} for row in rows]
    if known == wanted:
        return
    for row in rows:
        row.delete()
    for values in wanted:
        model.objects.create(service=service, **values)


def _write_places_first(service, state, standing, left):
    """Sites and their places, before the service: its rules are checked against them."""
    wanted = {site["id"]: site for site in state["sites"]}
    for site in service.sites.exclude(pk__in=wanted):
        site.delete()
    there = {str(site.pk): site for site in service.sites.select_related("location")}
    for pk, site in wanted.items():
        location = _place(site, standing, left)
        if pk not in there:
            ServiceAtLocation(pk=pk, service=service, location=location).save(force_insert=True)


def _place(site, standing, left):
    """The place of a site as it was, unless it belongs to listings that this person may not edit."""
    location = Location.objects.filter(pk=site["location"]).first()
    adding = location is None
    location = location or Location(pk=site["location"])
    if all(getattr(location, name) == value for name, value in site["place"].items()):
        return location
    if not adding and shared_with_others(location, standing):
        left.append(_("A place belongs to listings of others too: it was left as it is."))
        return location
    for name, value in site["place"].items():
        setattr(location, name, value)
    location.full_clean()
    location.save(force_insert=adding)
    return location


def shared_with_others(location, standing):
    """Whether listings that this person may not edit are at this place too."""
    others = Service.objects.filter(sites__location=location)
    return others.exclude(pk__in=scopes.editable(standing).values("pk")).exists()
