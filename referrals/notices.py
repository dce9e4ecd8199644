"""Notices as pages show them, and the numbers that belong to danger."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from referrals import words
from referrals.pathway.rules import Review
from services.listing import PhoneLine
from services.phones import tel_href


@dataclass(frozen=True)
class ShownNotice:
    """A notice in the language of the page."""

    id: str
    code: str
    level: str
    title: str
    text: str
    review: Review


def shown(notices):
    """Notices of the pathway as `ShownNotice`s, in the same order."""
    return [
        ShownNotice(n.id, n.code, n.level, words.say(n.title), words.say(n.text), n.review)
        for n in notices
    ]


def emergency_lines(city):
    """The numbers to call in danger: the one for everything, then the police if theirs differs."""
    numbers = city.country.emergency_numbers
    first = numbers.get("any") or settings.EMERGENCY_NUMBER
    police = numbers.get("police", first)
    lines = [PhoneLine(number=first, href=tel_href(first))]
    if police != first:
        name = _("Police %(number)s") % {"number": police}
        lines.append(PhoneLine(number=name, href=tel_href(police)))
    return lines
