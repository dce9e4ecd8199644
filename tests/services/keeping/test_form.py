"""What helps while a listing is written down: hours in words, look-alikes, an address, a pin."""

import json

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse

from services.models import Location, Service
from tests.factories import make_city, make_place, make_service
from tests.https_server import certificate, loopback_is_public, receiver
from tests.people import browser_of, make_person

__all__ = ["certificate", "loopback_is_public", "receiver"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_city("harbourtown")


@pytest.fixture
def editor(town):
    return browser_of("editor", town)


def ask(browser, town, what, **given):
    return browser.post(reverse(f"office-form-{what}", args=[town.slug]), given)


# Hours.


def test_hours_are_told_in_words_of_the_reader(town, editor):
    said = ask(editor, town, "hours", hours="Mo-Su 09:00-17:00; PH off").json()
    assert len(said["days"]) == 7
    assert any(times == "09:00–17:00" for _day, times in said["days"])
    assert ask(editor, town, "hours", hours="24/7").json()["summary"] == (
        "Open day and night, every day"
    )
    french = editor.post(
        reverse("office-form-hours", args=[town.slug]) + "?lang=fr", {"hours": "Mo-Su 09:00-17:00"}
    )
    assert any(day.startswith("lundi") for day, _times in french.json()["days"])
    for wrong in ("whenever we like", "Mo 25:99", "\0", "x" * 301):
        said = ask(editor, town, "hours", hours=wrong).json()
        assert said["error"]
        assert said["days"] == []


# Look-alikes.


def names(answer):
    assert answer.status_code == 200
    return [one["name"] for one in answer.json()["found"]]


def test_look_alikes_are_found_by_phone_website_and_name(town, editor):
    first = make_service(
        town,
        name="Lantern House",
        phones=["+32 2 555 01 77"],
        website="https://www.lantern.example.org/en/",
    )
    make_service(town, name="Quay Kitchen", phones=["+32 2 555 01 78"])
    assert names(ask(editor, town, "alike", phone="0032 2 555 01 77")) == ["Lantern House"]
    assert names(ask(editor, town, "alike", phone="+3225550177")) == ["Lantern House"]
    assert names(ask(editor, town, "alike", website="lantern.example.org/en")) == ["Lantern House"]
    assert names(ask(editor, town, "alike", name="The Lantren house")) == ["Lantern House"]
    assert names(ask(editor, town, "alike", name="House")) == []
    assert names(ask(editor, town, "alike", name="Lantern House", service=first.pk)) == []
    assert names(ask(editor, town, "alike", name="\0", website="http://[", phone="")) == []


def test_look_alikes_never_hint_at_what_is_sealed(town, editor):
    number = "+32 2 555 77 32"
    make_service(town, name="Zanzibar Seven", visibility="sealed", phones=[number])
    make_service(town, name="Quay House", phones=[{"number": number, "visibility": "sealed"}])
    faraway = make_city("faraway", country="IT")
    make_service(faraway, name="Zanzibar Seven Abroad", phones=[number])
    make_service(town, name="Zanzibar Seven Draft", status="draft")
    assert names(ask(editor, town, "alike", phone=number)) == []
    assert names(ask(editor, town, "alike", name="Zanzibar Seven")) == ["Zanzibar Seven Draft"]
    european = Service.Reach.EUROPEAN
    make_service(name="European Line", reach=european, phones=[number])
    make_service(
        name="Kept", reach=european, phones=[{"number": number, "visibility": "professional"}]
    )
    assert names(ask(editor, town, "alike", phone=number)) == ["European Line"]
    kept = ask(browser_of("administrator", town), town, "alike", phone=number)
    assert set(names(kept)) == {"European Line", "Kept", "Zanzibar Seven"}


# An address.

QUAY = {
    "lat": "50.8467",
    "lon": "4.3525",
    "display_name": "Quay Street 1, Harbourtown",
    "address": {
        "road": "Quay Street",
        "house_number": "1",
        "postcode": "1000",
        "city": "Harbourtown",
    },
}


@pytest.fixture
def nominatim(receiver, loopback_is_public, settings):
    """A server that speaks Nominatim's JSON; `receiver.says` is the body of its answers."""
    settings.GEOCODER_URL = receiver.url("/maps")
    receiver.says, receiver.status = json.dumps([QUAY]), 200

    def answer(handler):
        body = receiver.says.encode()
        handler.send_response(receiver.status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    receiver.answer = answer
    return receiver


def test_an_address_is_looked_up_near_the_city(town, editor, nominatim, settings, caplog):
    answer = ask(editor, town, "address", address="Quay Street 1")
    assert answer.json() == {
        "error": "",
        "found": [
            {
                "label": "Quay Street 1, Harbourtown",
                "latitude": 50.8467,
                "longitude": 4.3525,
                "street": "Quay Street 1",
                "postal_code": "1000",
                "town": "Harbourtown",
            }
        ],
    }
    [(method, path, headers, _body)] = nominatim.requests
    assert method == "GET"
    assert path.startswith("/maps/search?")
    assert "countrycodes=be" in path
    assert "viewbox=" in path
    assert headers["User-Agent"] == settings.SITE_NAME
    assert "Cookie" not in headers
    assert "Quay" not in caplog.text


@pytest.mark.parametrize(
    ("says", "status", "message"),
    [
        ("<html>", 200, "no answer that can be read"),
        ("[[]]", 200, "no answer that can be read"),
        ('[{"lat": "x", "lon": "y"}]', 200, "no answer that can be read"),
        ('[{"lat": "999", "lon": "NaN"}]', 200, "no answer that can be read"),
        ('{"error": "quota"}', 200, "no answer that can be read"),
        ("[{}]", 200, "no answer that can be read"),
        ('[{"lat": "1", "lon": "1", "address": [1]}]', 200, "no answer that can be read"),
        ("[" * 100_000, 200, "no answer that can be read"),
        ("[]", 500, "no answer that can be read"),
        ("[]", 302, "no answer that can be read"),
    ],
)
def test_a_server_out_of_order_is_told_in_words(town, editor, nominatim, says, status, message):
    nominatim.says, nominatim.status = says, status
    answer = ask(editor, town, "address", address="Quay Street 1")
    assert answer.status_code == 502
    assert message in answer.json()["error"]


def test_a_slow_server_and_none_at_all(town, editor, nominatim, settings, monkeypatch):
    nominatim.says = "[]"
    assert "not found" in ask(editor, town, "address", address="Nowhere").json()["error"]
    monkeypatch.setattr("services.keeping.geocoding.TIMEOUT", 0.2)
    nominatim.answer = lambda handler: handler.rfile.read()
    slow = ask(editor, town, "address", address="Quay Street 1")
    assert (slow.status_code, "took too long" in slow.json()["error"]) == (502, True)
    settings.GEOCODER_URL = ""
    off = ask(editor, town, "address", address="Quay Street 1")
    assert (off.status_code, "looks no addresses up" in off.json()["error"]) == (400, True)


def test_a_secret_place_is_told_to_no_other_server(town, nominatim):
    administrator = browser_of("administrator", town)
    confidential = make_service(town, confidential=True)
    sealed = make_service(town, place={"visibility": "sealed"})
    for given in (
        {"service": confidential.pk},
        {"service": sealed.pk},
        {"confidential": "on"},
        {"visibility": "sealed"},
        {"service": "nonsense"},
    ):
        answer = ask(administrator, town, "address", address="Quay Street 1", **given)
        assert answer.status_code == 400
    theirs = make_service(make_city("faraway", country="IT"))
    assert ask(administrator, town, "address", address="Quay", service=theirs.pk).status_code == 404
    assert nominatim.requests == []


# A pin.


def test_a_pin_is_put_and_a_slip_is_caught(town, editor):
    make_place(town, "Old Station")
    make_place(town, "New Bridge", latitude=50.86, longitude=4.34)
    service = make_service(town)
    address = reverse("office-place", args=[town.slug, service.pk])
    page = editor.get(address)
    assert 'data-zoom="' in page.content.decode()
    here = {"latitude": "50.851234", "longitude": "4.351234"}
    closer = editor.post(address, here | {"do": "closer"})
    assert closer.status_code == 200
    assert closer.context["map"].zoom >= page.context["map"].zoom
    location = Location.objects.get()
    assert location.latitude == 50.84
    for _twice in range(2):
        assert editor.post(address, here).status_code == 302
    location.refresh_from_db()
    assert (location.latitude, location.longitude) == (50.851234, 4.351234)
    for wrong in (
        {"latitude": "4.35", "longitude": "50.85"},
        {"latitude": "nan"},
        {"latitude": "91"},
        {"latitude": "\0"},
        {"longitude": ""},
    ):
        assert editor.post(address, here | wrong).status_code == 400
    assert editor.post(address, here | {"at": "other"}).status_code == 404
    nowhere = make_service(town, place=None)
    assert editor.get(reverse("office-place", args=[town.slug, nowhere.pk])).status_code == 200


def test_without_spots_there_are_coordinates_and_a_secret_place_has_no_page(town, editor):
    service = make_service(town)
    page = editor.get(reverse("office-place", args=[town.slug, service.pk]))
    assert page.context["map"] is None
    assert 'name="latitude"' in page.content.decode()
    for secret in (
        make_service(town, confidential=True),
        make_service(town, place={"visibility": "sealed"}),
    ):
        address = reverse("office-place", args=[town.slug, secret.pk])
        for browser in (editor, browser_of("administrator", town)):
            assert browser.get(address).status_code == 403
            sent = {"latitude": "50.85", "longitude": "4.35"}
            assert browser.post(address, sent).status_code == 403
    assert not Location.objects.filter(latitude=50.85).exists()


def test_the_form_is_given_the_addresses_of_a_city_that_its_reader_edits(town, settings):
    settings.GEOCODER_URL = "https://maps.example.org/"
    request = RequestFactory().get("/")
    template = Template("{% load keeping %}{% listing_form_tools original %}")

    def tools(user, service=None):
        request.user = user
        request.__dict__.pop("_standing", None)
        return template.render(Context({"request": request, "original": service}))

    service, secret = make_service(town), make_service(town, confidential=True)
    editor = make_person("editor", town)
    assert "/office/harbourtown/form/hours/" in tools(editor)
    assert "data-geocode-url" in tools(editor, service)
    assert "data-geocode-url" not in tools(editor, secret)
    assert tools(make_person("worker", town)).strip() == ""
