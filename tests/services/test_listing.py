"""Listings are read back from the bytes that they are kept as."""

import copy
import dataclasses
import datetime
import pickle

import pytest

from services import listing as seen

TODAY = datetime.date(2030, 1, 7)
PLACE = seen.Place("Quay 1", "1000", "Harbour", "blue door", 50.8, 4.35, for_vetted=True)
WORDING = seen.Wording("Ils écoutent", "fr", is_draft=True, is_older=True, newer=("They do", "en"))
WHOLE = [
    seen.PhoneLine("02 555", "tel:+322555", "day", "24/7", "+32 2 555", for_vetted=True),
    PLACE,
    seen.Site("site", "location", PLACE, is_virtual=True),
    seen.SourceSeen("City", "https://city.example.org", "2030-01"),
    seen.Doubt("old", "ask"),
    seen.CriterionStance("takes", "a note", 3),
    seen.Trust("ageing", TODAY, "the team"),
]


@pytest.mark.parametrize("one", WHOLE, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("again", [lambda one: pickle.loads(pickle.dumps(one)), copy.deepcopy])
def test_each_part_is_read_back_as_it_was(one, again):
    assert again(one) == one
    assert all(getattr(one, part.name) for part in dataclasses.fields(one)), "not all of it is told"


def test_a_listing_is_read_back_with_the_language_of_its_texts():
    required = {
        field.name: field.name
        for field in dataclasses.fields(seen.Listing)
        if field.default is field.default_factory is dataclasses.MISSING
    }
    one = seen.Listing(**required | {"summary": WORDING}, place=PLACE, phones=(WHOLE[0],))
    again = pickle.loads(pickle.dumps(one))
    assert again == one
    told = {name: getattr(again.summary, name) for name in seen.Wording.__slots__}
    assert told == {
        "language": "fr", "is_draft": True, "is_older": True,
        "newer": "They do", "newer_language": "en",
    }  # fmt: skip


def test_what_may_leave_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        PLACE.street = "Quay 2"
