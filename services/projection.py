"""The one place that decides which fields of a service an audience may see.

Everything that leaves the server about a service is made here, as a `Listing`.
What is not written down here is sealed: a new model field stays inside until
somebody adds it, with its visibility, to `project`.
"""

from services.listing import (
    TEXTS,
    CriterionStance,
    Doubt,
    Listing,
    PhoneLine,
    Place,
    Site,
    SourceSeen,
    Wording,
)
from services.models import Location
from services.phones import readable, tel_href
from services.translating import origins
from services.trust import trust_of
from services.visibility import Visibility

FALLBACK_LANGUAGE = "en"


def project(service, *, audience, language, timezone, now, whole=False):
    """The `Listing` of a service for an audience, in a language where translated, else English,
    else the language that there is. Its texts are `Wording`s, which say how far to trust them.

    With `whole` it holds its cities and the texts in all other languages too, as the API needs them.
    `service` comes from a queryset with `with_everything(cities=whole)`; then this costs no query.
    """
    words = _Words(service, language)
    sites = list(service.sites.all())
    secret = is_secret(service.confidential, sites)
    seen = sites_seen(sites, secret, audience, words.note)
    phones = _phones(service, audience, words)
    return Listing(
        id=str(service.pk),
        service_at_location=seen[0].id if seen else str(service.pk),
        slug=service.slug,
        name=words.get("name") or service.official_name,
        name_language=words.language_of("name"),
        official_name=service.official_name,
        official_language=service.official_language,
        organization=service.organization.name,
        organization_id=str(service.organization_id),
        summary=words.get("summary"),
        summary_language=words.language_of("summary"),
        reach=service.reach,
        country=service.country_id or "",
        timezone=timezone,
        confidential=secret,
        needs=frozenset(need.code for need in service.needs.all()),
        groups=frozenset(group.code for group in service.target_groups.all()),
        criteria={
            c.code: CriterionStance(c.stance, words.note(c.note), c.limit)
            for c in service.criteria.all()
        },
        age_min=service.age_min,
        age_max=service.age_max,
        for_minors_only=service.for_minors_only,
        for_professionals=service.for_professionals,
        for_people_who_use_violence=service.for_people_who_use_violence,
        languages=tuple(spoken.tag for spoken in service.spoken.all()),
        interpreter=service.interpreter,
        cost=service.cost,
        cost_note=words.get("cost_note"),
        how_to_get_in=service.how_to_get_in,
        way_in=words.get("way_in"),
        phones=phones,
        email=service.email,
        website="" if secret and (phones or service.email) else service.website,
        place=first_place(seen),
        sites=seen,
        aliases=tuple(map(str, service.aliases)),
        cities=tuple(sorted(c.slug for c in service.cities.all())) if whole else (),
        last_modified=service.last_modified,
        for_vetted=_is_for_vetted(service.visibility),
        texts=words.every() if whole else {},
        to_check=words.to_check() if whole else {},
        opening_hours=service.opening_hours,
        hours_note=words.get("hours_note"),
        **_capacity(service, now),
        professional_note=_if_seen(audience, Visibility.PROFESSIONAL, service, "professional_note"),
        sealed_note=_if_seen(audience, Visibility.SEALED, service, "sealed_note"),
        sources=_sources(service, secret),
        doubts=tuple(Doubt(mark.kind, words.note(mark.text)) for mark in service.marks.all()),
        trust=trust_of(service.confirmations.all(), now),
    )


def named(rows, official_language):
    """(language, name) of every name there is, the language of the service before others.

    A name that was translated from one taken out since is for its own language alone: None for others.
    """
    by_language = {row.language_code: row for row in rows if row.name}
    every = {row.language_code: row for row in rows}
    order = dict.fromkeys([FALLBACK_LANGUAGE, official_language, *sorted(by_language)])
    return tuple(
        (code, by_language[code].name, not origins.is_gone(every, code, "name"))
        for code in order
        if code in by_language
    )


def name_in(names, language):
    """The name to show in a language, of what `named` gives; None where there is none."""
    own = next((name for code, name, _stands in names if code == language), None)
    return own or next((name for _code, name, stands in names if stands), None)


class _Words:
    """A service's texts in the language asked for, else in English, else in its own, else in any."""

    def __init__(self, service, language):
        self._by_language = {t.language_code: t for t in service.translations.all()}
        first = (language, FALLBACK_LANGUAGE, service.official_language)
        self._order = dict.fromkeys([*first, *sorted(self._by_language)])
        wanted = self._by_language.get(language)
        self._language, self._notes = language, wanted.notes if wanted else {}
        self._english = {note for row in self._by_language.values() for note in row.notes}

    def get(self, field):
        found = self._find(field)
        return origins.wording(self._by_language, found, field) if found else ""

    def note(self, text):
        """A note that is kept in one language: its translation, as long as that is of this text."""
        found = self._notes.get(text)
        if found:
            return Wording(found["text"], self._language, is_draft=found.get("draft", False))
        return Wording(text, FALLBACK_LANGUAGE if text in self._english else "")

    def language_of(self, field):
        return self._find(field) or FALLBACK_LANGUAGE

    def every(self):
        """All texts by language and field, empty ones left out."""
        texts = {
            code: {name: getattr(row, name) for name in TEXTS if getattr(row, name)}
            for code, row in sorted(self._by_language.items())
        }
        return {code: fields for code, fields in texts.items() if fields}

    def to_check(self):
        """Language -> which of its texts are drafts, and which older than what they are made from."""
        rows, found = self._by_language, {}
        for code, row in sorted(rows.items()):
            there = [name for name in TEXTS if getattr(row, name)]
            marks = {
                "drafted_by_machine": [n for n in there if origins.is_draft(row, n)],
                "older_than_source": [n for n in there if origins.is_older(rows, code, n)],
            }
            marks = {name: fields for name, fields in marks.items() if fields}
            found |= {code: marks} if marks else {}
        return found

    def _find(self, field):
        return next((code for code in self._order if self._stands(code, field)), None)

    def _stands(self, language, field):
        """Whether there is such a text; one of something taken out since is for its language alone."""
        if not getattr(self._by_language.get(language), field, ""):
            return False
        return language == self._language or not origins.is_gone(self._by_language, language, field)


def _is_for_vetted(visibility):
    return visibility != Visibility.PUBLIC


def _if_seen(audience, visibility, service, name):
    """A note of the service; one that is not shown is not even opened."""
    return getattr(service, name) if audience.sees(visibility) else ""


def _phones(service, audience, words):
    return tuple(
        PhoneLine(
            number=readable(phone.number, service.country_id),
            href=tel_href(phone.number),
            note=words.note(phone.note),
            opening_hours=phone.opening_hours,
            written=phone.number,
            for_vetted=_is_for_vetted(phone.visibility),
        )
        for phone in service.phones.all()
        if audience.sees(phone.visibility)
    )


def is_secret(confidential, sites):
    """Whether the place of a service is secret: it says so, or one of its places does."""
    return confidential or any(site.location.confidential for site in sites)


def sites_seen(sites, secret, audience, note=str):
    """The sites to name, those with a place to show first; a withheld one stands in alone.

    `SiteQuerySet.readable_by` chooses the same ones. `note` gives the words of a note.
    """
    shown = [_site(site, secret, audience, note) for site in sites]
    shown = [site for site in shown if site is not None]
    if not shown and sites:
        withheld = min(sites, key=lambda site: site.pk)
        shown = [Site(str(withheld.pk), "")]
    return tuple(
        sorted(shown, key=lambda s: (not s.place, s.place.street if s.place else "", s.id))
    )


def first_place(seen):
    """The place to go to, of sites seen; None where none is to be shown."""
    return next((site.place for site in seen if site.place), None)


def _site(site, secret, audience, note):
    """One site with its place, or None where the place is withheld.

    The place of a secret service is for administrators, whatever it says itself.
    """
    location = site.location
    if location.kind == Location.Kind.VIRTUAL:
        return Site(str(site.pk), str(location.pk), is_virtual=True)
    if not audience.sees(Visibility.SEALED if secret else location.visibility):
        return None
    return Site(str(site.pk), str(location.pk), _place(location, note))


def _place(location, note):
    return Place(
        street=location.street,
        postal_code=location.postal_code,
        town=location.town,
        note=note(location.note),
        latitude=location.latitude,
        longitude=location.longitude,
        for_vetted=_is_for_vetted(location.visibility),
    )


def _capacity(service, now):
    """Free places, while the statement lasts; afterwards unknown."""
    if service.capacity_until is None or service.capacity_until <= now:
        return {"capacity": "unknown", "capacity_until": None}
    return {"capacity": service.capacity, "capacity_until": service.capacity_until}


def _sources(service, secret):
    """The pages it was seen on; for a secret service never the link, which may print the place."""
    return tuple(
        SourceSeen(s.publisher, "" if secret else s.url, s.date) for s in service.sources.all()
    )
