"""Before an edit is saved: what it would take from whom, in words."""

import dataclasses
import datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from referrals.coverage import impact
from referrals.coverage.matrix import Matrix, matrix_of
from services import consequences
from services.models import City, Service
from tests import factories
from tests.referrals.coverage.towns import MOMENTS, town

LANGUAGES = ("fr", "ar")
CODES = ("women", "men", "trans", "minors", "with-children", "asylum-seeker", "undocumented")
EVERYBODY = dict.fromkeys(CODES, "takes")
NO_MINORS = {"minors": "does-not-take"}


@pytest.fixture
def city(db):
    """A city with one shelter that is open at night, and one that is not."""
    city = factories.make_city("harbour", name="Harbour")
    make_shelter(city, "Night Boat", hours="24/7")
    make_shelter(city, "Day Boat", hours="Mo-Su 08:00-22:00")
    return City.objects.select_related("country").get(pk=city.pk)


def make_shelter(city, name, *, hours, criteria=None, **fields):
    """A shelter that takes anybody, whatever they speak."""
    factories.make_need("shelter", name="Safe place to sleep")
    return factories.make_service(
        city,
        name=name,
        slug=name.lower().replace(" ", "-"),
        opening_hours=hours,
        interpreter="takes",
        criteria=criteria or EVERYBODY,
        **fields,
    )


def service(name="Night Boat"):
    return Service.objects.get(official_name=name)


def told(name="Night Boat", **changes):
    """The sentences on an edit that changes these fields."""

    def edit():
        Service.objects.filter(official_name=name).update(**changes)

    return [sentence for _city, sentence in consequences.of_edit(service(name), edit)]


def unpublished(name="Night Boat"):
    return told(name, status=Service.Status.WITHDRAWN)


def test_the_only_shelter_of_the_night_is_missed_by_everybody(city):
    assert unpublished() == [
        "Nobody at 02:00 in the night would have a door in the city for “Safe place to sleep”."
    ]


def test_who_would_stand_outside_at_night_is_named(city):
    make_shelter(city, "Adults at Night", hours="24/7", criteria=EVERYBODY | NO_MINORS)
    [sentence] = unpublished()
    assert "an unaccompanied girl of 15" in sentence
    assert sentence.endswith(
        "at 02:00 in the night would have no door in the city for “Safe place to sleep”."
    )
    assert "mother" not in sentence


def test_a_door_as_good_as_the_one_that_goes_leaves_nothing_to_say(city):
    make_shelter(city, "Second Night Boat", hours="24/7")
    assert unpublished() == []


def test_what_nobody_used_is_not_missed(city):
    assert unpublished("Day Boat") == []


def test_a_door_that_only_asks_is_worse_and_said_so(city):
    make_shelter(city, "Perhaps", hours="")
    [sentence] = unpublished()
    assert sentence.startswith("Nobody at 02:00 in the night would find a door for")
    assert sentence.endswith("that does not ask first.")


def test_a_door_that_is_only_stale_is_worse_and_said_so(city):
    old = timezone.now() - datetime.timedelta(days=400)
    confirmed = {"field_group": "contact", "confirmed_at": old, "by": "city"}
    make_shelter(city, "Long ago", hours="24/7", confirmations=[confirmed])
    [sentence] = unpublished()
    assert sentence.startswith("Nobody at 02:00 in the night would find a listing for")
    assert sentence.endswith("that is not stale.")


@pytest.mark.parametrize(
    "changes",
    [
        {"opening_hours": "Mo-Su 08:00-22:00"},
        {"visibility": "professional"},
        {"held": True},
        {"age_min": 65},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_any_edit_that_takes_the_night_away_is_told(city, changes):
    assert any("at 02:00 in the night" in sentence for sentence in told(**changes))


def test_an_edit_that_gives_is_not_spoken_of(city):
    assert told("Day Boat", opening_hours="24/7") == []
    assert told("Night Boat", website="https://example.org/") == []


def test_a_door_that_nobody_sees_yet_takes_nothing_away(city):
    make_shelter(city, "Draft", hours="24/7", status="draft")
    assert unpublished("Draft") == []


def test_nothing_is_saved_by_asking(city):
    unpublished()
    assert service().status == Service.Status.PUBLISHED


def test_a_kept_matrix_gives_the_same_answer(city):
    fresh = unpublished()
    matrix_of(city)
    assert unpublished() == fresh != []


def test_sentences_are_few_and_the_rest_is_counted(city, monkeypatch):
    monkeypatch.setattr(impact, "MOST", 1)
    needs = ["legal-advice", "housing", "fgm"]
    factories.make_service(city, name="All in one", needs=needs, opening_hours="24/7",
                           interpreter="takes")  # fmt: skip
    sentences = unpublished("All in one")
    assert len(sentences) == 2
    assert sentences[-1].startswith("And ")


def test_the_worst_is_said_first():
    ranks = [impact.RANK[state] for state in ("served", "asks", "stale", "excludes", "nothing")]
    assert ranks == [0, 1, 2, 3, 3]


def test_asking_costs_the_same_for_any_number_of_listings(city, django_assert_max_num_queries):
    for number in range(3):
        make_shelter(city, f"Boat {number}", hours="Mo-Fr 09:00-17:00")
    with django_assert_max_num_queries(45):
        unpublished()
    for number in range(3, 20):
        make_shelter(city, f"Boat {number}", hours="Mo-Fr 09:00-17:00")
    with django_assert_max_num_queries(45):
        unpublished()


@pytest.fixture
def lost_of(monkeypatch):
    """A function that gives cell -> new state of what a town loses by an edit."""

    def lost(listings, before, after):
        matrix = Matrix(listings, MOMENTS, LANGUAGES)
        monkeypatch.setattr(impact, "kept_matrix", lambda _city: matrix)
        monkeypatch.setattr(impact, "moments_of", lambda _city: MOMENTS)
        monkeypatch.setattr(impact, "languages_of", lambda *_: LANGUAGES)
        monkeypatch.setattr(impact, "_sentences", lambda _city, lost, _languages: lost)
        return dict(impact.find(SimpleNamespace(), before, after))

    return lost


@pytest.mark.parametrize("number", [21, 22])
def test_what_is_lost_is_the_difference_of_two_matrices(lost_of, number):
    listings = town(number)
    was = Matrix(listings, MOMENTS, LANGUAGES)
    for before in listings:
        for after in (None, dataclasses.replace(before, opening_hours="Mo-Fr 09:00-17:00")):
            left = [after if one is before else one for one in listings]
            now = Matrix([one for one in left if one], MOMENTS, LANGUAGES)
            worse = {
                cell: impact.RANK[new]
                for cell, old, new in zip(was.cells, was.states, now.states, strict=True)
                if impact.RANK[new] > impact.RANK[old]
            }
            found = lost_of(listings, before, after)
            assert {cell: impact.RANK[state] for cell, state in found.items()} == worse


def test_two_shelters_that_stand_in_for_each_other_are_missed_together(city):
    """Either alone takes nothing away; of an import or an action on both, the night is told."""
    make_shelter(city, "Moon Boat", hours="24/7")
    both = [service("Night Boat"), service("Moon Boat")]
    assert unpublished("Night Boat") == unpublished("Moon Boat") == []

    def withdraw():
        Service.objects.filter(pk__in=[one.pk for one in both]).update(status="withdrawn")

    assert [sentence for _city, sentence in consequences.of_edits(both, withdraw)] == [
        "Nobody at 02:00 in the night would have a door in the city for “Safe place to sleep”."
    ]
    assert set(Service.objects.values_list("status", flat=True)) == {"published"}
