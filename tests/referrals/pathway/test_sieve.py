"""A plan for which the doors were sieved is the plan for which every door was looked at."""

import dataclasses
import random
import uuid
from types import SimpleNamespace

import pytest

from referrals.pathway import facts as vocabulary
from referrals.pathway import ranking, sets, sieve
from referrals.pathway.facts import parse_facts
from referrals.pathway.matching import CHECKS, fit
from referrals.pathway.plan import make_plan
from referrals.pathway.sets import Asking, Table, by_count
from services.hours import opening
from services.listing import CriterionStance, Doubt, Place, SourceSeen
from services.packed import Packed
from services.sketches import Sketch
from tests.referrals.pathway.builders import (
    NIGHT,
    NOON,
    base_pathway,
    emergency_line,
    listing,
    step,
)

PATHWAY = base_pathway()
STANCES = ("takes", "takes", "asks-first", "does-not-take")
CODES = (
    *("women", "men", "trans", "non-binary", "intersex", "lgbtqi", "minors", "families"),
    *("undocumented", "asylum-seeker", "documented", "anonymous", "no-papers", "with-children"),
    *("female-staff", "male-staff", "step-free", "remote", "no-police-report"),
    *("unaccompanied-children", "women-girls"),
)
HOURS = ("", "24/7", "Mo-Fr 09:00-17:00", "Mo-Fr 13:00-17:00", "Sa 10:00-12:00")
ACCESS = ("", "walk-in", "call-first", "appointment", "professional-referral", "authorities-only")
#: Few, so that most needs have many doors.
NEEDS = (
    *("shelter", "helpline", "rape-care", "emergency", "police-report", "trafficking", "evidence"),
    *("child-protection", "mental-health-crisis", "lgbtqi-support", "violence-support"),
)


class Directory(Packed):
    """Listings that keep what is worked out of them."""

    def __init__(self, listings):
        super().__init__(sorted(map(sketch_of, listings), key=lambda one: one.slug))

    def for_need(self, need):
        return [one for one in self if need in one.needs]

    def once(self, make):
        return vars(self).setdefault("made", make(self))


def sketch_of(one):
    """What a city's directory would keep of a listing."""
    fields = {field.name: getattr(one, field.name, None) for field in dataclasses.fields(Sketch)}
    fields |= {"id": str(uuid.uuid5(uuid.NAMESPACE_URL, one.id)), "names": ()}
    fields |= {"last_modified": NOON, "place": one.place and replace_place(one.place)}
    return Sketch(**fields)


def replace_place(place):
    return Place(latitude=place.latitude, longitude=place.longitude)


def make_listings(chance, count):
    """Some that say much, or some of which most say the same; with the hours of few kinds."""
    hours = chance.sample(HOURS, 2)
    says = chance.choice([1, 1, 0.1])
    return [make_listing(chance, number, hours, says) for number in range(count)]


def make_listing(chance, number, hours, says):
    def some(values, most):
        return chance.sample(values, chance.randrange(most + 1))

    plain = listing(
        f"same-{chance.randrange(10**6)}-{number}",
        *("shelter", "helpline", "rape-care"),
        organization=f"organisation {number}",
        doubts=tuple(map(Doubt, some(["old", "conflict", "verify"], 2))),
        opening_hours=hours[0],
    )
    if chance.random() > says:
        return plain
    made = listing(
        f"door-{chance.randrange(10**6)}-{number}",
        *some(NEEDS, 4),
        chance.choice(NEEDS),
        phone=chance.random() < 0.8,
        trust=chance.choice(["confirmed", "ageing", "stale", None]),
        at=(50 + chance.random(), 4 + chance.random()) if chance.random() < 0.6 else None,
        organization=f"organisation {chance.randrange(25)}",
        reach=chance.choice(["city", "city", "national", "european"]),
        groups=some(vocabulary.GROUPS, 2),
        languages=tuple(some(["ar", "fr", "fr-BE", "ti", "en"], 3)),
        interpreter=chance.choice(["", "takes", "asks-first"]),
        cost=chance.choice(["", "free", "paid"]),
        how_to_get_in=chance.choice(ACCESS),
        opening_hours=chance.choice(hours),
        age_min=chance.choice([None, None, 12, 18]),
        age_max=chance.choice([None, None, 17, 30]),
        for_minors_only=chance.random() < 0.1,
        for_professionals=chance.random() < 0.1,
        for_people_who_use_violence=chance.random() < 0.1,
        confidential=chance.random() < 0.1,
        capacity=chance.choice(["unknown", "full", "free"]),
        capacity_until=chance.choice([None, NOON, NIGHT.replace(year=2027)]),
        doubts=tuple(map(Doubt, some(["old", "conflict", "verify"], 2))),
        sources=(SourceSeen("paper", date=chance.choice(["", "2025-01-02", "2026-03"])),),
        # Most of them say little, as most listings do.
        criteria={code: chance.choice(STANCES) for code in some(CODES, chance.choice([2, 12]))},
    )
    if chance.random() < 0.3:
        made.criteria["with-children"] = CriterionStance(chance.choice(STANCES), limit=12)
    return made


def make_facts(chance):
    several = {
        "groups": vocabulary.GROUPS,
        "concerns": vocabulary.CONCERNS,
        "wants": vocabulary.NEEDS,
        "prefers": vocabulary.PREFERENCES,
        "languages": ("ar", "fr", "ti", "sv"),
    }
    found = {name: chance.sample(of, chance.randrange(1, 4)) for name, of in several.items()}
    found |= {
        "danger": chance.choice(vocabulary.DANGER),
        "age": chance.choice(vocabulary.AGES),
        "unaccompanied": chance.random() < 0.5,
        "gender": chance.choice(vocabulary.GENDERS),
        "consent": chance.choice(vocabulary.CONSENT),
        "hours_since": chance.choice([1, 20, 70, 100, 1000]),
        "status": chance.choice(vocabulary.STATUSES),
        "children": chance.randrange(3),
        "oldest_son": chance.randrange(20),
        "near": {"latitude": 50 + chance.random(), "longitude": 4 + chance.random()},
    }
    likely = chance.choice([0.2, 0.5, 0.9])
    known = {name: value for name, value in found.items() if chance.random() < likely}
    return known | {"wants": chance.sample(NEEDS, 4)}


def make_told(chance, listings):
    """Of a few of them somebody told something, or of nearly all, or of none."""
    kinds = ("no-answer", "full", "refused", "unsafe", "helped")
    likely = chance.choice([0, 0, 0.1, 0.9])
    return {
        one.id: SimpleNamespace(kind=chance.choice(kinds), counts=chance.random() < 0.8)
        for one in listings
        if chance.random() < likely
    }


def plan(listings, facts, at, told, pathway=PATHWAY):
    def opens(entry):
        return opening(entry.hours, at, entry.timezone, entry.country)

    return make_plan(pathway, facts, listings, at, opens, told=told)


@pytest.mark.parametrize("seed", range(60))
def test_the_sieve_changes_no_plan(seed, monkeypatch):
    monkeypatch.setattr(sieve, "FEW", 0)
    monkeypatch.setattr(sieve, "MOST_PASSED_OVER", 5)
    chance = random.Random(seed)
    listings = Directory([*make_listings(chance, chance.choice([12, 60, 150])), emergency_line()])
    firsts = {need: tuple(one.slug for one in chance.sample(tuple(listings), 3)) for need in NEEDS}
    pathway = dataclasses.replace(PATHWAY, first_doors=firsts)
    for _ in range(12):
        facts = parse_facts(make_facts(chance)).with_facts(at=(at := chance.choice([NOON, NIGHT])))
        told = make_told(chance, listings)
        whole = plan(tuple(listings), facts, at, told, pathway)
        assert plan(listings, facts, at, told, pathway) == whole, facts


@pytest.mark.parametrize(
    ("others", "last"),
    [
        ({"phone": False}, {}),
        ({"criteria": {"women": "does-not-take"}}, {}),
        ({"doubts": (Doubt("old"),)}, {}),
        ({}, {"reach": "city", "trust": "confirmed"}),
        ({"opening_hours": "Sa 10:00-12:00"}, {"opening_hours": "24/7"}),
    ],
)
def test_the_last_of_many_comes_first_by_one_thing(others, last):
    alike = [listing(f"a-{number}", "shelter", **others) for number in range(90)]
    many = Directory([*alike, listing("z-last", "shelter", **last), emergency_line()])
    facts = parse_facts({"wants": ["shelter"], "status": "undocumented"})
    found = plan(many, facts, NOON, {})
    assert step(found, "shelter").options[0].listing.slug == "z-last"
    assert found == plan(tuple(many), facts, NOON, {})


def test_few_of_many_doors_are_matched_one_by_one(monkeypatch):
    matched = []
    monkeypatch.setattr(sieve, "fit", lambda *asked: matched.append(asked) or fit(*asked))
    chance = random.Random(1)
    many = Directory([*make_listings(chance, 900), emergency_line()])
    found = plan(many, parse_facts({"wants": ["shelter"]}), NOON, {})
    assert len(many.for_need("shelter")) > 200
    assert 0 < len(matched) < 10 * len(found.steps)


@pytest.mark.parametrize("seed", range(10))
def test_a_check_sees_all_that_it_asks_about(seed):
    chance = random.Random(seed)
    table = Table(Directory(make_listings(chance, 80)))
    facts = parse_facts(make_facts(chance)).with_facts(at=NOON)
    asking = Asking(table, facts)
    for need in NEEDS:
        said = asking.said(need)
        for number, one in enumerate(table.listings):
            if need in one.needs:
                expected = fit(one, facts, need)
                assert bool(said.refused >> number & 1) != expected.possible
                assert said.refusals_of(number) == expected.refusals


class Watched:
    """A listing that notes what is read of it."""

    def __init__(self, one):
        self._one, self.fields, self.said = one, set(), set()

    def __getattr__(self, name):
        self.fields.add(name)
        return getattr(self._one, name)

    def stance(self, code):
        self.said.add(code)
        return self._one.stance(code)

    criterion = stance


#: Functions by which listings are put together although they are of no check.
SEEN_BY_THE_SIEVE = (
    *(sieve._hours, sieve._alarm_or_police, sieve._special, sieve._groups, sieve._access),
    *(sieve._reach, sets._contact, ranking.contact_trust, ranking.doubts_about),
)


def test_what_is_seen_is_read_of_what_was_named_and_of_nothing_else():
    listings = make_listings(random.Random(3), 200)
    by_checks = [sees for check in CHECKS for sees, _findings in check.parts]
    for sees in (*by_checks, *SEEN_BY_THE_SIEVE):
        fields, said = set(), set()
        for one in listings:
            sees(watched := Watched(one))
            fields, said = fields | watched.fields, said | watched.said
        assert fields == set(sees.fields), sees
        assert said == set(sees.said), sees


def test_sets_are_counted():
    assert by_count([0b0011, 0b0110, 0b0010], 0b1111) == [0b1000, 0b0101, 0, 0b0010]
    assert by_count([], 0b1) == [0b1]
