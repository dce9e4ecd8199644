"""A service of somebody else's feed as a draft of ours: what is mapped, and what is only said.

Nothing of it is published or confirmed. A place that may be a secret one lands sealed.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.core.validators import EmailValidator, URLValidator
from django.utils import timezone

from services.hsds import places
from services.hsds.hours import NO_DAY, opening_hours, says_the_same
from services.hsds.spoken import tag_of
from services.hsds.terms import Terms, filed
from services.hsds.values import age, checked, cut, number, phone_number, text, thing, things
from services.hsds.wanted import Wanted, id_in
from services.models import Location, Service

#: Fields that have no place of their own: kept in the note for administrators.
LEFTOVERS = (
    "eligibility_description",
    "interpretation_services",
    "wait_time",
    "accreditations",
    "alert",
)
NOT_FOR_TALKING = ("fax", "pager", "tty", "textphone")
#: Fields of a draft are as long as in `services.models`.
NAME, NOTE, NOTE_OF_PHONE, HOURS = 200, 300, 300, 300
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class Foreign:
    """How rows of one feed are read: the city they land in, and who publishes them."""

    city: object
    publisher: str
    url: str = ""
    language: str = "en"

    def __post_init__(self):
        self.terms = Terms()
        self.today = timezone.localdate(timezone=timezone.get_default_timezone())

    def wanted(self, data, said):
        """The `Wanted` of a row; what could not be taken as it is goes to `said`."""
        key, name = text(data, "id", said), text(data, "name", said)
        for field, value in (("id", key), ("name", name)):
            if not value:
                said.where.at(field).refuse("is missing.")
        if len(name) > NAME:
            said.where.at("name").refuse(f"is longer than {NAME} characters: shorten it.")
        return self._wanted(id_in(self.publisher, "service", key), name, data, said)

    def _wanted(self, pk, name, data, said):
        ours, unknown = filed(things(data, "attributes", said), self.terms)
        self._say_filed(ours, unknown, said)
        organization = self._organization(data, name, said)
        found = places.places(data, pk, self.publisher, self.city.country_id, said)
        secret = self._secret(data, name, ours, found, said)
        hours, hours_note = self._hours(data, said)
        phones, email = self._phones(data, said), self._email(data, said)
        website = self._website(data, said)
        words = self._words(data, name, hours_note, said)
        has_place = any(place.values["kind"] == Location.Kind.PHYSICAL for place in found)
        if not (phones or email or website or words["way_in"] or has_place):
            said.where.refuse(
                "nothing reaches it: no phone that can be dialled, e-mail, website, address"
                " or application_process."
            )
        places.say_if_told(found, [*words.values(), *(phone["note"] for phone in phones)], said)
        return Wanted(
            id=pk,
            slug="",
            organization=organization,
            values={
                "official_name": name,
                "official_language": self.language,
                "aliases": self._aliases(data, name, said),
                "reach": Service.Reach.CITY,
                "country": self.city.country_id,
                "confidential": secret,
                "email": email,
                "website": website,
                "how_to_get_in": ours["how_to_get_in"],
                "opening_hours": hours,
                "cost": _cost(things(data, "cost_options", said)),
                **_ages(data, said),
                "sealed_note": _leftovers(data, unknown, said),
            },
            words={self._language_of_texts: words},
            places=found,
            phones=phones,
            languages=_languages(data, said),
            criteria=_criteria(ours["criteria"], found, data, said),
            sources=[self._source(data, secret)],
            cities=[self.city.slug],
            needs=ours["needs"],
            groups=ours["groups"],
        )

    @property
    def _language_of_texts(self):
        return self.language if self.language in dict(settings.LANGUAGES) else "en"

    def _say_filed(self, ours, unknown, said):
        if unknown:
            listed = ", ".join(f"“{word}”" for word in unknown[:8])
            said.add("attributes", f"{listed}: no need or group of ours is called so.")
        if not ours["needs"]:
            said.add("needs", "none was found: choose them before you publish.")

    def _organization(self, data, name, said):
        """(id or None, name): the one named, else one of the service's own name."""
        named = thing(data, "organization", said)
        key = text(named, "id", said) or text(data, "organization_id", said)
        title = text(named, "name", said)
        if not title:
            said.add("organization", "is not named: filed under one that is called like it.")
        pk = id_in(self.publisher, "organization", key) if key else None
        return pk, cut(title or name, NAME, "organization.name", said)

    def _secret(self, data, name, ours, found, said):
        """Whether the row itself says that the place is secret; seals what may be."""
        own = thing(data, "waymark", said).get("confidential") is True
        secret = own or ours["secret"] or places.says_secret(data, said)
        if secret or "shelter" in ours["needs"] or places.says_shelter(data, name, said):
            places.seal(found, said)
        return secret

    def _aliases(self, data, name, said):
        other = cut(text(data, "alternate_name", said), NAME, "alternate_name", said)
        return [other] if other and other != name else []

    def _words(self, data, name, hours_note, said):
        fees = text(data, "fees_description", said) or text(data, "fees", said)
        return {
            "name": name,
            "summary": text(data, "description", said),
            "hours_note": hours_note,
            "cost_note": fees,
            "way_in": text(data, "application_process", said),
        }

    def _hours(self, data, said):
        """(hours, note): those of the service itself, else those of its places."""
        schedules = _first_of(_holders(data, said), "schedules", said)
        notes = list(dict.fromkeys(text(one, "notes", said) for one in schedules))
        hours, complaints = opening_hours(schedules, self.city.timezone, self.today)
        speaks = hours or complaints == [NO_DAY]
        if speaks and len(notes) == 1 and says_the_same(notes[0], hours):
            hours, complaints, notes = notes[0], [], []
        for complaint in complaints:
            said.add("schedules", f"one of them {complaint}.")
        if len(hours) > HOURS:
            said.add("schedules", "are too many for one line of hours: they were left out.")
            hours = ""
        if schedules and not hours:
            said.add("schedules", "give no weekly hours: enter them by hand.")
        words = [text(one, "description", said) for one in schedules]
        return hours, "\n".join(filter(None, dict.fromkeys([*words, *notes])))

    def _phones(self, data, said):
        """The numbers that can be dialled, each once."""
        found, holders = {}, _holders(data, said)
        listed = [phone for holder in holders for phone in _phones_of(holder, said)]
        if not listed:
            listed = _phones_of(thing(data, "organization", said), said)
        for phone in listed:
            self._add_phone(found, phone, said)
        return [values | {"position": n} for n, values in enumerate(found.values())]

    def _add_phone(self, found, phone, said):
        kind = text(phone, "type", said).lower()
        written = text(phone, "number", said)
        if kind in NOT_FOR_TALKING:
            said.add("phones", f"a number is for {kind}: it was left out.")
            return
        read = phone_number(written, self.city.country_id)
        if read is None:
            said.add("phones", f"“{written[:40]}” cannot be dialled: it was left out.")
            return
        extension = text(phone, "extension", said) or read[1]
        note = [text(phone, "description", said), f"ext. {extension}" if extension else ""]
        note = cut(" · ".join(filter(None, note)), NOTE_OF_PHONE, "phones.description", said)
        found.setdefault(read[0], {"number": read[0], "note": note})

    def _email(self, data, said):
        holders = [data, *_contacts(data, said)]
        holders.append(thing(data, "organization", said))
        found = (checked(text(h, "email", said), EmailValidator(), "email", said) for h in holders)
        return next(filter(None, found), "")

    def _website(self, data, said):
        written = text(data, "url", said)
        if len(written) > 600:
            said.add("url", "is longer than 600 characters: it was left out.")
            return ""
        return checked(written, URLValidator(["http", "https"]), "url", said)

    def _source(self, data, secret):
        days = (text_day(data.get(name)) for name in ("last_modified", "assured_date"))
        day = next(filter(None, days), self.today.isoformat())
        # The feed prints the place of a secret service, perhaps.
        url = "" if secret else self.url[:600]
        return {"publisher": self.publisher[:300], "url": url, "date": day}


def text_day(value):
    """The day of a date or moment, or nothing."""
    found = DAY.match(value) if isinstance(value, str) else None
    return found[0] if found else ""


def _holders(data, said):
    """The service, then the places where it meets people: all that phones and hours hang on."""
    sites = things(data, "service_at_locations", said)
    return [data, *sites, *(thing(site, "location", said) for site in sites)]


def _first_of(holders, name, said):
    """The list of the first that has one: a service at several places has one set of hours."""
    lists = [things(holder, name, said) for holder in holders]
    return next(filter(None, lists), [])


def _contacts(data, said):
    return [one for holder in _holders(data, said) for one in things(holder, "contacts", said)]


def _phones_of(holder, said):
    contacts = things(holder, "contacts", said)
    nested = [phone for contact in contacts for phone in things(contact, "phones", said)]
    return things(holder, "phones", said) + nested


def _ages(data, said):
    youngest, oldest = age(data, "minimum_age", said), age(data, "maximum_age", said)
    if youngest is not None and oldest is not None and youngest > oldest:
        said.add("minimum_age", "is above maximum_age: both were left out.")
        return {"age_min": None, "age_max": None}
    return {"age_min": youngest, "age_max": oldest}


def _cost(options):
    amounts = [number(option, "amount") for option in options]
    if not amounts or None in amounts:
        return ""
    if not any(amounts):
        return Service.Cost.FREE
    return Service.Cost.PAID if all(amounts) else Service.Cost.PART


def _languages(data, said):
    tags = {}
    for one in things(data, "languages", said):
        tag = tag_of(text(one, "code", said), text(one, "name", said))
        if tag:
            tags[tag] = None
        else:
            said.add("languages", "one is not known: it was left out.")
    return list(tags)


def _criteria(found, at, data, said):
    """Criteria that attributes name, and step-free from what is said of the places."""
    by_code = {one["code"]: one for one in found}
    note = places.step_free_note(data, said)
    if note and at and "step-free" not in by_code:
        note = cut(note, NOTE, "accessibility", said)
        by_code["step-free"] = {"code": "step-free", "stance": "asks-first", "note": note}
    return list(by_code.values())


def _leftovers(data, unknown, said):
    """What has no field here, for administrators to read before they publish."""
    lines = [(name, text(data, name, said)) for name in LEFTOVERS]
    lines.append(("attributes", ", ".join(unknown)))
    if data.get("status") != "active":
        lines.append(("status", text(data, "status", said)))
        said.add("status", f"is “{text(data, 'status', said)[:40]}” in the feed.")
    return "\n".join(f"{name}: {value}" for name, value in lines if value)
