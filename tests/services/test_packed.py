"""What is kept by column says what the sketches said, and finds its own way about."""

import dataclasses
import datetime
import math
import pickle
import random
import uuid

import pytest

from services import sketches
from services.bits import numbers
from services.directory import directory_of
from services.distance import distance_km, distances_km
from services.listing import CriterionStance, Place
from services.models import City
from services.packed import Packed
from services.sketches import Sketch
from services.visibility import Audience
from tests import factories
from tests.referrals import harbour
from tests.services.test_sketches import make_varied

FIELDS = [field.name for field in dataclasses.fields(Sketch)]


def sketch(slug, **fields):
    """A sketch that says little, known by its slug."""
    values = dict.fromkeys(FIELDS, "") | {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, slug)),
        "slug": slug,
        "official_name": slug.upper(),
        "names": (),
        "last_modified": datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.UTC),
        "holds_until": None,
        "place": None,
        "needs": frozenset(),
        "criteria": {},
    }
    return Sketch(**values | fields)


def pack(*names, **fields):
    return Packed(sketch(slug, **fields) for slug in names)


def told(one):
    return {name: getattr(one, name) for name in FIELDS}


@pytest.mark.django_db
@pytest.mark.parametrize("audience", list(Audience))
def test_what_is_kept_is_what_was_read(audience):
    city = harbour.make_harbour()
    make_varied(city)
    read = sketches.read(City.objects.get(pk=city.pk), audience=audience)
    kept = Packed(read)
    assert len(kept) == len(read) > 20
    assert list(map(told, kept)) == list(map(told, read))
    assert list(map(told, pickle.loads(pickle.dumps(kept)))) == list(map(told, read))
    for one, row in zip(read, kept, strict=True):
        for language in ("en", "fr", "sv", "nobody's"):
            assert row.name_in(language) == one.name_in(language)
        for code in ("with-children", "women", "nobody-asks"):
            assert row.criterion(code) == one.criterion(code)
            assert row.stance(code) == one.stance(code)


def test_names_places_and_criteria_come_back():
    names = (("en", "HOUSE", True), ("fr", "Maison d’été", True), ("sv", "Hus", False))
    limited = CriterionStance("takes", limit=12)
    read = [
        sketch("first"),
        sketch("house", names=names, official_name="HOUSE", criteria={"with-children": limited}),
        sketch("gone", names=(("de", "Haus", False), ("fr", "Maison", True)), official_name="H"),
        sketch("of-unknown-place", place=Place()),
        sketch("placed", place=Place(latitude=0.0, longitude=-4.5)),
        sketch("until", holds_until=datetime.datetime(2031, 5, 6, 7, 8, 9, 12, datetime.UTC)),
        sketch("women", criteria={"women": CriterionStance("takes")}),
    ]
    kept = Packed(read)
    assert list(map(told, kept)) == list(map(told, read))
    for language in ("en", "fr", "sv", "de", "nl"):
        assert [one.name_in(language) for one in kept] == [one.name_in(language) for one in read]


def test_a_sketch_is_found_by_its_slug_and_its_id():
    kept = pack("a", "b-c", "bc")
    assert [kept.with_slug(one.slug).number for one in kept] == [0, 1, 2]
    assert [kept.number_of(one.id) for one in kept] == [0, 1, 2]
    for slug in ("", "aa", "b", "z"):
        assert kept.with_slug(slug) is None
    for pk in (str(uuid.uuid4()), "", "house", "00"):
        assert kept.number_of(pk) is None
    assert pack().with_slug("a") is None
    assert pack().number_of(str(uuid.uuid4())) is None
    assert kept.numbers() == {uuid.UUID(one.id).bytes: one.number for one in kept}


def test_an_id_that_lies_across_two_others_is_nobodys():
    one, other = uuid.UUID(int=5 << 64), uuid.UUID(int=7 << 64)
    between = uuid.UUID(bytes=(one.bytes + other.bytes)[8:24])
    kept = Packed([sketch("a", id=str(one)), sketch("b", id=str(other))])
    assert kept.number_of(str(between)) is None
    kept = Packed([*map(sketch_with, (("a", one), ("b", other), ("c", between)))])
    assert kept.number_of(str(between)) == 2


def sketch_with(pair):
    return sketch(pair[0], id=str(pair[1]))


@pytest.mark.parametrize("point", [(50.85, 4.35), (0, 0), (-33.9, 151.2), (89.99, -179.9)])
def test_all_are_measured_as_each_is(point):
    dice = random.Random(3)
    places = [Place(latitude=50.85, longitude=4.35), Place(), None]
    # Some on the doorstep, some anywhere.
    for spread in (0.001, 0.1, 40):
        for _time in range(200):
            latitude = max(-90, min(90, point[0] + dice.uniform(-spread, spread)))
            places.append(
                Place(latitude=latitude, longitude=point[1] + dice.uniform(-spread, spread))
            )
    kept = Packed(
        sketch(f"s-{n:04}", place=place, confidential=n % 7 == 6) for n, place in enumerate(places)
    )
    expected = [distance_km(one, point) for one in kept]
    assert distances_km(kept, point) == [math.inf if km is None else km for km in expected]
    assert expected.count(None) == 2 + len(places) // 7


def test_those_that_say_the_same_are_found_together():
    takes = {"women": CriterionStance("takes")}
    kept = Packed(
        [
            sketch("a", cost="free", criteria=takes),
            sketch("b", cost="free"),
            sketch("c", cost="paid"),
            sketch("d", cost="free", criteria=takes),
        ]
    )

    def alike(*asked):
        return sorted(list(same) for _one, same in kept.alike(*asked))

    assert alike(["cost"]) == [[0, 1, 3], [2]]
    assert alike(["cost"], ["women"]) == [[0, 3], [1], [2]]
    assert alike([], ["women"]) == [[0, 3], [1, 2]]
    assert alike(["reach"], ["nobody-asks"]) == [[0, 1, 2, 3]]
    assert all(one.number == same[0] for one, same in kept.alike(["cost"]))
    assert pack().alike(["reach"]) == []


def test_needs_have_sets_of_their_own():
    kept = Packed(
        [
            sketch("a", needs=frozenset({"shelter"})),
            sketch("b", needs=frozenset({"shelter", "legal-aid"})),
            sketch("c"),
        ]
    )
    found = {need: list(numbers(of)) for need, of in kept.of_needs().items()}
    assert found == {"shelter": [0, 1], "legal-aid": [1]}
    some = kept.some([0, 2])
    assert len(some) == 2
    assert [one.slug for one in some] == ["a", "c"]


def test_rows_are_the_same_where_they_are_of_the_same_sketch():
    kept, other = pack("a", "b"), pack("a", "b")
    assert kept[0] == kept[0]
    assert len({kept[0], kept[0], kept[1]}) == 2
    assert kept[0] != kept[1]
    assert kept[0] != other[0]
    for number in (-1, 2):
        with pytest.raises(IndexError):
            kept[number]


@pytest.mark.django_db
def test_a_directory_is_in_the_order_of_code_points_however_it_is_read(monkeypatch):
    city = factories.make_city("harbour")
    for slug in ("ab", "a-c", "a-b", "aa", "b", "a"):
        factories.make_service(city, name=slug, slug=slug)
    for at_once in (2, 3, 6, 7):
        monkeypatch.setattr(sketches, "AT_ONCE", at_once)
        read = [one.slug for one in sketches.read(city)]
        assert read == ["a", "a-b", "a-c", "aa", "ab", "b"]
    here = directory_of(city, Audience.PUBLIC)
    assert [here.with_slug(slug).slug for slug in read] == read


def test_cities_share_their_sets_of_codes_however_they_came():
    """A hundred cities hold few combinations of needs: each stands once in a process."""
    here, there = (pack("a", needs=frozenset({"shelter", "helpline"})) for _city in range(2))
    from_another = pickle.loads(pickle.dumps(here))
    assert here[0].needs is there[0].needs is from_another[0].needs
    assert here[0].needs == {"shelter", "helpline"}
