"""Listings behind referrals: as a vetted worker may see them, or not at all."""

from django.utils.translation import get_language

from referrals import planning
from referrals.city_guide import CityGuide
from referrals.door_card import door_card
from referrals.pathway.facts import GROUPS, NEEDS, parse_facts
from referrals.pathway.plan import NoDoorError
from referrals.pathway.ranking import is_alarm_line
from services.directory import directory_of
from services.visibility import Audience

LETTERS = "ABC"


def listing_of(city, service_id):
    """The `Listing`, or None where it has left the directory: withdrawn, on hold, sealed."""
    wanted = str(service_id)
    return directory_of(city, Audience.PROFESSIONAL).listings([wanted], get_language()).get(wanted)


def can_be_referred_to(listing, need):
    """Whether somebody may be referred there for a need; nobody writes to the emergency number."""
    return need in listing.needs and not is_alarm_line(listing)


def plan_b(referral, tried):
    """`DoorCard`s of other doors for the same need, best first, without those already `tried` (ids).

    All that is known of the person is the group of the referral.
    """
    if referral.need not in NEEDS:
        return []
    # The pathway knows no groups but its own; the network may have added others to the taxonomy.
    groups = [referral.group] if referral.group in GROUPS else []
    facts = parse_facts({"wants": [referral.need], "groups": groups})
    city = referral.city
    try:
        plan = planning.plan_for(city, facts, get_language(), Audience.PROFESSIONAL)
    except NoDoorError:
        return []
    steps = (step for step in plan.steps if step.need == referral.need)
    options = [door for step in steps for door in step.options if door.listing.id not in tried]
    return [
        door_card(letter, door, CityGuide(city), plan.at)
        for letter, door in zip(LETTERS, options, strict=False)
    ]
