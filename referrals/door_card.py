"""One door of a plan as the page shows it: the large card of plan A, the small lines of B and C."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals import words
from referrals.pathway import ranking
from services.hours import opening
from services.listing import Listing, PhoneLine, Trust
from services.models import Service

#: Reasons that make a door easier for anybody; they share one line of the card.
EASY_CODES = frozenset(
    ("anonymous", "free", "no-papers", "no-police-report", "remote", "step-free", "walk-in")
)
#: Reasons about being understood; the person's own language has a line of its own.
SPEECH_CODES = frozenset(("interpreter", "speaks"))

#: The dot stays with what it follows when the line breaks.
SAME_LINE = "\N{NO-BREAK SPACE}· "

WAYS_IN = {
    Service.WayIn.WALK_IN: gettext_lazy("Walk in"),
    Service.WayIn.CALL_FIRST: gettext_lazy("Call first"),
    Service.WayIn.APPOINTMENT: gettext_lazy("By appointment"),
    Service.WayIn.PROFESSIONAL_REFERRAL: gettext_lazy("You refer: a professional must call"),
    Service.WayIn.AUTHORITIES_ONLY: gettext_lazy("Only the authorities can send somebody"),
}


@dataclass(frozen=True)
class DoorCard:
    """A door with the words that belong to it, for templates/components/option_card.html."""

    letter: str
    listing: Listing
    opening: object
    by: str
    fits: tuple[str, ...]
    asks: tuple[str, ...]
    phone: PhoneLine | None
    way: str
    conflicts: tuple[str, ...]
    trust: Trust
    #: Where its page is, where a problem is reported, where it is said what happened; each may be empty.
    url: str
    report_url: str = ""
    told_url: str = ""
    #: What somebody can be referred there for; empty for the emergency number.
    refer_for: str = ""
    told: str = ""
    #: Whether this device said that somebody got through here.
    is_connected: bool = False
    is_alarm_line: bool = False

    @property
    def asks_what_happened(self):
        return bool(self.told_url) and not (self.is_connected or self.is_alarm_line)


def door_card(letter, door, guide, at):
    """The card of a door that stands in the plan of this guide under this letter."""
    listing = door.listing
    return DoorCard(
        letter=letter,
        listing=listing,
        opening=door.opening,
        by=" · ".join(filter(None, (_organization(listing), _whereabouts(door)))),
        fits=_fits(door.fit.fits),
        asks=tuple(words.ask_text(finding) for finding in door.fit.asks),
        phone=phone_to_call(listing, at),
        way=_way(listing),
        conflicts=tuple(doubt.text for doubt in listing.doubts if doubt.kind == "conflict"),
        trust=listing.trust.get("contact", Trust()),
        url=guide.listing_address(listing),
        report_url=guide.report_address(listing),
        told_url=guide.told_address,
        refer_for="" if ranking.is_alarm_line(listing) else door.from_need,
        told=words.told_text(door.told, at) if door.told else "",
        is_connected=_is_connected(door),
        is_alarm_line=ranking.is_alarm_line(listing),
    )


def _is_connected(door):
    return door.told is not None and door.told.own and door.told.kind == "connected"


def phone_to_call(listing, at):
    """The first number that is answered at this moment, else the first; None without any."""
    open_now = (phone for phone in listing.phones if _is_answered(phone, listing, at))
    return next(open_now, next(iter(listing.phones), None))


def _is_answered(phone, listing, at):
    return opening(phone.opening_hours, at, listing.timezone, listing.country).state == "open"


def _organization(listing):
    return "" if listing.organization == listing.name else listing.organization


def _whereabouts(door):
    if door.listing.confidential:
        return _("address kept secret")
    if door.distance_km is None:
        return ""
    return _("%(distance)s km") % {"distance": number_format(door.distance_km)}


def _fits(findings):
    """The reasons on few lines: speech, who is taken, what makes it easy."""
    lines = ([], [], [])
    for finding in findings:
        line = 0 if finding.code in SPEECH_CODES else 2 if finding.code in EASY_CODES else 1
        lines[line].append(words.finding_text(finding))
    return tuple(SAME_LINE.join(line) for line in lines if line)


def _way(listing):
    """How to get in, with the street where one can walk in."""
    way = WAYS_IN.get(listing.how_to_get_in)
    says_nothing_new = listing.how_to_get_in == Service.WayIn.CALL_FIRST and listing.phones
    if way is None or says_nothing_new:
        return ""
    place = listing.place if listing.how_to_get_in == Service.WayIn.WALK_IN else None
    if place is None or not place.street:
        return str(way)
    town = " ".join(filter(None, (place.postal_code, place.town)))
    return f"{way}: {', '.join(filter(None, (place.street, town)))}"
