"""How rows land in a directory that may have them already: as drafts, or restored.

Each of the two reads rows, says what is to become of one, and refuses what belongs to others.
"""

import hashlib

from django.utils import timezone

from services.hsds import export, restoring, vocabulary
from services.hsds.foreign import Foreign
from services.loading import IMPORTED
from services.models import Location, Service
from services.visibility import Audience, Visibility

DIFFERS = "differs in the feed: see what is true, and edit it by hand."


class Drafts:
    """Somebody else's feed: drafts of a city."""

    whole = False

    def __init__(self, city, publisher, url, language):
        self._foreign = Foreign(city, publisher, url, language)
        self.key = f"{city.slug}/{language}"
        self.origin = _origin(publisher)

    def wanted(self, data, said):
        return self._foreign.wanted(data, said)

    def check_places(self, entry, there):
        """Refuse a place of a listing of other origin; leave one alone that more than drafts have."""
        for place in entry.wanted.places:
            neighbours = there.neighbours.get(place.location, ())
            if any(not origin.startswith(self.origin) for _pk, origin, _status in neighbours):
                spot = entry.row.where.at("service_at_locations").at("location")
                spot.refuse("this id belongs to the place of a listing that is not of this feed.")
            place.fixed = any(status != Service.Status.DRAFT for *_who, status in neighbours)

    def state(self, entry, known, there):
        if not known.loaded_from.startswith(self.origin):
            entry.row.where.at("id").refuse(
                "belongs to a listing that did not come from this feed. If it did, under another"
                " name of the feed, give that with --publisher."
            )
        if known.loaded_from == entry.fingerprint:
            entry.line.notes.clear()  # they were said when it came
            return "unchanged"
        if known.status != Service.Status.DRAFT or known.visibility != Visibility.PUBLIC:
            entry.line.notes[:] = [("", DIFFERS)]
            return "kept"
        entry.wanted.places = [p for p in entry.wanted.places if _may_come(p, entry, there)]
        return "changed"

    def note_change(self, entry):
        entry.wanted.values["loaded_from"] = entry.fingerprint


def _may_come(place, entry, there):
    """Whether a place may stand in a draft that is there; a new one only sealed.

    Perhaps it is not new, and people took it away.
    """
    if place.site in there.sites or place.values["kind"] == Location.Kind.VIRTUAL:
        return True
    if place.location in there.neighbours:
        entry.line.notes.append(("address", "is that of another listing: add it by hand."))
        return False
    place.values["visibility"] = Visibility.SEALED
    entry.line.notes.append(("address", "is new in this draft: it was sealed, so check it."))
    return True


class Restored:
    """Our own export: published again, as it was."""

    whole = True
    key = "restored"

    def __init__(self, city):
        self.origin = _origin("our own export")
        self._here = restoring.here(city)
        self._words, self._now = vocabulary.vocabulary(export.LANGUAGE), timezone.now()

    def wanted(self, data, said):
        return restoring.wanted(data, said.where, self._here)

    def check_places(self, entry, there):
        """Any place may be restored; one that is sealed is left as it is."""

    def state(self, entry, known, _there):
        reason = _withdrawn_since(known, entry.wanted)
        if reason:
            entry.line.notes.append(("", f"{reason}: it was left as it is."))
            return "kept"
        return "unchanged" if self._is_as_exported(known, entry) else "changed"

    def _is_as_exported(self, known, entry):
        """Whether an export of today, for one of its audiences, says what the row says."""
        if known.status != Service.Status.PUBLISHED:
            return False
        for audience in (Audience.PUBLIC, Audience.PROFESSIONAL):
            if audience.sees(known.visibility):
                row = export.nested(known, audience, self._words, self._now)
                if restoring.wanted(row, entry.row.where, self._here) == entry.wanted:
                    return True
        return False

    def note_change(self, entry):
        """Where it came from first stays its origin."""


def _withdrawn_since(known, wanted):
    """Why a listing that is there must not be written over: people made it less open."""
    width = list(Visibility.values)
    if known.status == Service.Status.WITHDRAWN:
        return "has been withdrawn since"
    if known.confidential and not wanted.values["confidential"]:
        return "has been made confidential since"
    if width.index(known.visibility) > width.index(wanted.values["visibility"]):
        return "is shown to fewer people since"
    return ""


def _origin(publisher):
    return f"{IMPORTED}{hashlib.sha256(publisher.encode()).hexdigest()[:8]}:"
