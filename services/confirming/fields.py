"""What an organisation may say has changed: names of fields, what they say today, how they are written.

Read from the public projection alone, so nothing that is sealed or for workers is ever shown,
compared or kept. Who may see a listing, its places and its status have no name here.
"""

import dataclasses
import hashlib
import json

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from services.models import Criterion, Phone, Service
from services.phones import line_of
from services.projection import project
from services.visibility import Audience, Visibility

#: Name -> label of the fields that a listing has once.
LABELS = {
    "email": _("E-mail"),
    "website": _("Website"),
    "opening_hours": _("Opening hours"),
    "hours_note": _("About the hours"),
    "how_to_get_in": _("How to get in"),
}
#: A phone is named by the number that it has today; a new one by this.
PHONE, NEW_PHONE = "phone:", "phone:new"
#: Who is taken is named by the code of its criterion; its value is a stance.
CRITERION = "criterion:"


def listing_of(service, language, timezone_name):
    """The listing as everybody may read it; `service` comes with everything."""
    return project(
        service,
        audience=Audience.PUBLIC,
        language=language,
        timezone=timezone_name,
        now=timezone.now(),
    )


def said(listing):
    """Name -> what the listing says today."""
    phones = {f"{PHONE}{phone.written}": phone.written for phone in listing.phones}
    return phones | {name: getattr(listing, name) for name in LABELS}


def label(name):
    """A field in words."""
    if name == NEW_PHONE:
        return gettext("A further phone")
    if name.startswith(CRITERION):
        return str(Criterion.Code(name.removeprefix(CRITERION)).label)
    return str(LABELS.get(name, _("Phone")))


def in_words(name, value):
    """A value as people read it."""
    if name == "how_to_get_in":
        return str(dict(Service.WayIn.choices).get(value, value))
    if name.startswith(CRITERION) and value:
        return str(Service.Stance(value).label)
    return value


def print_of(listing):
    """A text that differs when anything that a link's page shows has changed, free places apart."""
    shown = dataclasses.asdict(
        dataclasses.replace(
            listing, trust={}, doubts=(), last_modified=None, capacity="", capacity_until=None
        )
    )
    for unordered in ("needs", "groups"):
        shown[unordered] = sorted(shown[unordered])
    text = json.dumps(shown, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def keeps_from_public(service, new):
    """Whether a number that is to become public is one that the listing keeps from the public."""
    lines = {line_of(p.number) for p in service.phones.all() if p.visibility != Visibility.PUBLIC}
    return any(
        line_of(value) in lines for name, value in new.items() if name.startswith(PHONE) and value
    )


def write(service, new, language):
    """Put new values into a listing; each model saves, so that everybody is told."""
    for name in ("email", "website", "opening_hours", "how_to_get_in"):
        if name in new:
            setattr(service, name, new[name])
    if "hours_note" in new:
        _write_note(service, new["hours_note"], language)
    for name, value in new.items():
        if name.startswith(PHONE):
            _write_phone(service, name, value)
        if name.startswith(CRITERION):
            _write_criterion(service, name.removeprefix(CRITERION), value)
    service.save()


def _write_note(service, text, language):
    """In the language it was written in; in others the old note goes: it is no longer true."""
    rows = {row.language_code: row for row in service.translations.all()}
    if language not in rows:
        name = next((row.name for row in rows.values()), service.official_name)
        known = rows.get("en")
        rows[language] = service.translations.model(
            master=service, language_code=language, name=known.name if known else name
        )
    # The new note comes last: it is translated from none of the old ones.
    for code, row in sorted(rows.items(), key=lambda item: item[0] == language):
        row.hours_note = text if code == language else ""
        row.save()


def _write_phone(service, name, value):
    if name == NEW_PHONE:
        last = service.phones.order_by("-position").values_list("position", flat=True).first()
        Phone.objects.create(
            service=service, number=value, position=0 if last is None else last + 1
        )
        return
    phones = service.phones.filter(number=name.removeprefix(PHONE), visibility=Visibility.PUBLIC)
    for phone in phones:
        if value:
            phone.number = value
            phone.save()
        else:
            phone.delete()


def _write_criterion(service, code, stance):
    """The note goes with the old stance, which it explained."""
    known = service.criteria.filter(code=code).first() or Criterion(service=service, code=code)
    known.stance, known.note = stance, ""
    known.save()
