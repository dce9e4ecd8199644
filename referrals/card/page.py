"""What the page that makes a card shows: every number of the plan, for the worker to choose from."""

from dataclasses import dataclass

from babel.dates import format_date
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from referrals import notices, words
from referrals.card import codes, hours
from referrals.card.words import CardWords, every_language, known
from referrals.door_card import phone_to_call
from referrals.pathway import ranking
from services import speaking
from services.languages import language_name
from services.listing import Listing, PhoneLine

#: More is no card: a tired person remembers few doors (design, principle 8).
MOST_LINES = 12
CHOSEN_AT_FIRST = 1


@dataclass(frozen=True)
class Line:
    """A number with its hours and its code."""

    number: int
    need: str
    listing: Listing
    phone: PhoneLine
    hours: list
    is_always: bool
    code: str
    is_chosen: bool


@dataclass(frozen=True)
class CardPage:
    """The view model of templates/referrals/card.html."""

    words: CardWords
    languages: list[CardWords]
    lines: list[Line]
    emergency: PhoneLine
    sentence: str
    sentence_language: str
    address: str
    made_on: str


def card_page(city, plan, language, host):
    """The page for a plan made of public listings, in the person's language; costs one query."""
    said = known(language)
    titles = words.need_titles(translation.get_language())
    sentence_language = speaking.language_of(city) or settings.LANGUAGE_CODE
    return CardPage(
        words=said,
        languages=list(every_language().values()),
        lines=_lines(plan, said, titles),
        emergency=notices.emergency_lines(city)[0],
        sentence=_sentence(said.tag, sentence_language),
        sentence_language=sentence_language,
        address=host + reverse("still-right", args=[city.slug]),
        made_on=format_date(plan.at.date(), format="medium", locale=said.locale),
    )


def _lines(plan, said, titles):
    lines, seen = [], set()
    for step in plan.steps:
        for door in step.options:
            listing = door.listing
            phone = phone_to_call(listing, plan.at)
            if phone is None or ranking.is_alarm_line(listing) or phone.number in seen:
                continue
            seen.add(phone.number)
            lines.append(_line(len(lines), titles.get(step.need, step.need), listing, phone, said))
    return lines[:MOST_LINES]


def _line(position, need, listing, phone, said):
    opening_hours = phone.opening_hours or listing.opening_hours
    return Line(
        number=position + 1,
        need=need,
        listing=listing,
        phone=phone,
        hours=hours.in_words(hours.weekly(opening_hours, listing.timezone), said),
        is_always=opening_hours == hours.ALWAYS,
        code=codes.code_of(listing, phone),
        is_chosen=position < CHOSEN_AT_FIRST,
    )


def _sentence(tag, language):
    """What to say on the phone, in a language of the city."""
    with translation.override(language):
        name = language_name(tag)
        return _(
            "Hello. I would like to speak with somebody. I speak %(language)s. "
            "Is there an interpreter, please?"
        ) % {"language": name}
