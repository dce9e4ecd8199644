"""The people whose coverage is looked at: some of each target group, by what is known of them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from referrals.pathway.facts import Facts


@dataclass(frozen=True)
class Person:
    """Somebody of a target group, in words and as facts of the pathway."""

    code: str
    group: str
    name: str
    facts: Facts


PEOPLE = (
    Person("woman", "women-girls", _("a woman"), Facts(age="adult", gender="woman", consent="yes")),
    Person(
        "girl",
        "women-girls",
        _("a girl of 15, with her family"),
        Facts(age="12-15", gender="woman", unaccompanied=False, consent="yes"),
    ),
    Person(
        "girl-alone",
        "unaccompanied-children",
        _("an unaccompanied girl of 15"),
        Facts(age="12-15", gender="woman", unaccompanied=True, consent="yes"),
    ),
    Person(
        "boy-alone",
        "unaccompanied-children",
        _("an unaccompanied boy of 16"),
        Facts(age="16-17", gender="man", unaccompanied=True, consent="yes"),
    ),
    Person(
        "gay-man",
        "lgbtqi",
        _("a gay man"),
        Facts(age="adult", gender="man", groups=("lgbtqi",), consent="yes"),
    ),
    Person(
        "trans-woman",
        "lgbtqi",
        _("a trans woman"),
        Facts(age="adult", gender="trans-woman", consent="yes"),
    ),
    Person(
        "mother",
        "families",
        _("a mother with two children"),
        Facts(age="adult", gender="woman", children=2, oldest_son=10, consent="yes"),
    ),
)
BY_CODE = {person.code: person for person in PEOPLE}

#: Residence statuses, in the words of a worker.
STATUSES = {
    "documented": _("with a residence permit"),
    "dependent-permit": _("with a permit through a partner or family"),
    "asylum-seeker": _("asking for asylum"),
    "undocumented": _("without papers"),
}

#: Languages looked at in every city, besides its own and those that its staff speak most.
ALWAYS_ASKED = ("en", "ar", "ti", "so", "uk")
#: Of the languages that staff speak, so many.
SPOKEN_MOST = 4


def languages_of(city, spoken=()):
    """Language tags to look at: the city's, those of `spoken` most often named, and some always."""
    counted = {}
    for tag in spoken:
        plain = tag.split("-")[0]
        counted[plain] = counted.get(plain, 0) + 1
    most = sorted(counted, key=lambda tag: (-counted[tag], tag))[:SPOKEN_MOST]
    plain = [tag.split("-")[0] for tag in (*city.languages, *most, *ALWAYS_ASKED)]
    return tuple(dict.fromkeys(plain))
