"""The code of a number: right while nothing changed, wrong after, and a slip of the pen is noticed."""

import pytest
from django.test import override_settings

from referrals.card import codes
from referrals.handoff.codes import ALPHABET
from referrals.planning import public_listings
from services.directory import forget
from services.models import Phone, Service
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    city = factories.make_city("harbour", name="Harbour")
    for name, number in (("Compass", "+32 2 555 07 07"), ("Ear", "+32 2 555 02 02")):
        factories.make_service(
            city, name=name, needs=["helpline"], phones=[number], opening_hours="Mo-Fr 09:00-17:00"
        )
    return city


def listings(city):
    forget()
    city.refresh_from_db()
    return public_listings(city, "en")


def code_of(city, name):
    listing = next(found for found in listings(city) if found.name == name)
    return codes.code_of(listing, listing.phones[0])


def is_right(city, code):
    return codes.is_right(codes.read(code), listings(city))


def test_a_code_is_right_while_nothing_has_changed(city):
    assert is_right(city, code_of(city, "Compass"))


def test_two_numbers_have_two_codes(city):
    assert code_of(city, "Compass") != code_of(city, "Ear")


@pytest.mark.parametrize(
    "change",
    [
        lambda service: Phone.objects.filter(service=service).update(number="+32 2 555 99 99"),
        lambda service: Service.objects.filter(pk=service.pk).update(
            opening_hours="Mo 09:00-10:00"
        ),
        lambda service: Service.objects.filter(pk=service.pk).update(status="withdrawn"),
        lambda service: Service.objects.filter(pk=service.pk).update(visibility="professional"),
    ],
    ids=["number", "hours", "withdrawn", "vetted"],
)
def test_a_code_is_wrong_after_a_change(city, change):
    code = code_of(city, "Compass")
    change(Service.objects.get(official_name="Compass"))
    assert not is_right(city, code)
    assert is_right(city, code_of(city, "Ear"))


def test_a_code_outlives_a_change_of_the_sites_key(city, settings):
    code, old = code_of(city, "Compass"), settings.SECRET_KEY
    with override_settings(SECRET_KEY="x" * 60, SECRET_KEY_FALLBACKS=[old]):
        assert is_right(city, code)
        assert code_of(city, "Compass") != code
    with override_settings(SECRET_KEY="x" * 60, SECRET_KEY_FALLBACKS=[]):
        assert not is_right(city, code)


def test_a_code_is_read_as_people_write_it(city):
    code = code_of(city, "Compass")
    for written in (code.lower(), code.replace("-", " "), f" {code} ", code.replace("-", "")):
        assert codes.read(written) == code.replace("-", "")


def test_one_wrong_character_is_no_code(city):
    code = code_of(city, "Compass").replace("-", "")
    for place, right in enumerate(code):
        for wrong in set(ALPHABET) - {right}:
            assert codes.read(code[:place] + wrong + code[place + 1 :]) is None


def test_two_neighbours_swapped_are_no_code(city):
    for name in ("Compass", "Ear"):
        code = code_of(city, name).replace("-", "")
        for place in range(len(code) - 1):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert swapped == code or codes.read(swapped) is None


@pytest.mark.parametrize("text", ["", "ABC", "O0O-0O0O", "x" * 500, "ACD-346\0"])
def test_anything_else_is_no_code(text):
    assert codes.read(text) is None
