"""From a request to a city that opens: asked once, decided once, and its plan ends at somebody."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from services.models import City, Country, JoinRequest, Service
from services.models.places import RESERVED_SLUGS
from tests.factories import make_city, make_service
from tests.people import browser_of
from tests.referrals.harbour import walk

pytestmark = pytest.mark.django_db

PORTO, ZURICH, GHENT, GOTHENBURG = 2735943, 2657896, 2797656, 2711537
ASKING = {
    "city": PORTO,
    "organization": "Quay Network",
    "kind": "ngo",
    "role": "coordinator",
    "email": "Ana@Example.org",
    "consent": "on",
}
OPENING = {
    "slug": "porto",
    "timezone": "Europe/Lisbon",
    "languages": "pt, en",
    "name_en": "Porto",
    "name_fr": "Porto",
    "centre": "on",
}

#: A file of listings, as cities bring them.
LISTING = """
[city]
slug = "porto"
name = "Porto"
country = "PT"
timezone = "Europe/Lisbon"
languages = ["pt"]

[[service]]
key = "casa-do-cais"
name = "Casa do Cais"
language = "pt"
name_en = "Quay House"
organization = "Cais"
summary = "Invented for a test."
needs = ["urgent-medical"]
reach = "city"
phones = [{ number = "+351 22 555 01 00" }]
sources = [{ publisher = "Gazette" }]
"""


@pytest.fixture
def network():
    return browser_of("network")


@pytest.fixture
def run(django_capture_on_commit_callbacks):
    """Post, and let happen what happens once everything is kept."""

    def posted(client, address, data=None):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(address, data or {})

    return posted


def ask(run, **changes):
    return run(Client(), reverse("join"), ASKING | changes)


def test_from_a_request_to_a_plan(run, network, mailoutbox, tmp_path):
    """A country without an overlay, a city without a file: everything opens, and ends at 112."""
    found = Client().get(reverse("join"), {"name": "oporto"}).content.decode()
    assert f"?city={PORTO}" in found
    assert "Portugal" in found

    assert ask(run)["Location"] == reverse("join-sent")
    asked = JoinRequest.objects.get()
    assert (asked.email, mailoutbox[0].to) == ("ana@example.org", ["ana@example.org"])

    address = reverse("join-accept", args=[asked.pk])
    page = network.get(address).content.decode()
    assert 'value="pt, mwl"' in page  # The country's languages, as far as anybody knows.
    assert 'name="number"' not in page  # European law says 112.
    answer = run(network, address, OPENING)
    assert answer["Location"] == reverse("readiness", args=["porto"])
    city = City.objects.get(slug="porto")
    assert (city.is_sample, city.geoname_id, city.languages) == (True, PORTO, ["pt", "en"])
    assert city.country.emergency_numbers == {"any": "112"}
    assert [place.slug for place in city.places.all()] == ["centre"]
    assert JoinRequest.objects.get().city == city
    assert "Porto" in mailoutbox[1].subject

    page = network.get(answer["Location"]).content.decode()
    assert "/office/porto/people/" in page
    client = Client()
    for route in ("city", "services"):
        assert client.get(reverse(route, args=["porto"])).status_code == 200
    assert walk(client, {}, city="porto")
    plan = client.get(reverse("plan", args=["porto"]))
    assert plan.status_code == 200
    assert 'href="tel:112"' in plan.content.decode()

    (tmp_path / "porto.toml").write_text(LISTING)
    call_command("load_cities", str(tmp_path / "porto.toml"), verbosity=0)
    assert City.objects.get().services.get().slug == "casa-do-cais"
    assert "Quay House" in client.get(reverse("services", args=["porto"])).content.decode()

    again = run(network, address, OPENING | {"slug": "porto-again"})
    assert (again.status_code, City.objects.count(), len(mailoutbox)) == (409, 1, 2)


def test_asking_twice_is_asking_once_and_answered_alike(run, mailoutbox):
    first, second = ask(run), ask(run, organization="Another", email="ana@example.org")
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert (JoinRequest.objects.count(), len(mailoutbox)) == (1, 1)


def test_a_mail_that_cannot_be_sent_loses_nothing(run, monkeypatch, caplog):
    def refused(*_args, **_kwargs):
        raise ConnectionRefusedError("nobody at ana@example.org")

    monkeypatch.setattr("services.joining.asking.send_mail", refused)
    assert ask(run).status_code == 302
    assert JoinRequest.objects.count() == 1
    assert "not sent" in caplog.text
    assert "ana@example.org" not in caplog.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"consent": ""},
        {"email": "nobody"},
        {"kind": "army"},
        {"organization": "Quay\0side"},
        {"city": "999999999"},
        {"city": "9" * 30},
        {"city": "²"},
    ],
)
def test_a_wrong_answer_keeps_the_others(run, wrong):
    answer = ask(run, **wrong)
    assert answer.status_code == 400
    assert not JoinRequest.objects.exists()
    if "city" not in wrong:
        assert "coordinator" in answer.content.decode()


def test_odd_names_find_nothing_and_break_nothing():
    for name in ("\0", "a", "[", '"\\', "zz" * 200, "Αθήνα"):
        answer = Client().get(reverse("join"), {"name": name})
        assert answer.status_code == 200
    assert "Athens" in answer.content.decode()


def test_an_address_that_asks_too_often_waits(run, settings):
    settings.JOIN_REQUESTS_PER_HOUR = 1
    assert ask(run).status_code == 302
    assert ask(run, email="other@example.org").status_code == 429
    assert JoinRequest.objects.count() == 1


def test_declined_is_told_once(run, network, mailoutbox):
    ask(run)
    address = reverse("join-decline", args=[JoinRequest.objects.get().pk])
    assert [run(network, address).status_code for _click in range(2)] == [302, 409]
    assert [mail.subject for mail in mailoutbox] == ["Porto in the network"] * 2
    # Once it is decided the same person may ask again.
    ask(run)
    assert JoinRequest.objects.filter(state="new").count() == 1


def test_a_city_stands_in_the_network_once(run, network):
    """Whether it came from the gazetteer or by a file, and by whatever of its names."""
    city = make_city("gbg", name="Göteborg", country="SE", latitude=57.7, longitude=11.97)
    answer = ask(run, city=GOTHENBURG)
    assert answer.status_code == 409
    assert city.get_absolute_url() in answer.content.decode()
    form = {**OPENING, "city": GOTHENBURG, "slug": "gothenburg"}
    assert run(network, reverse("city-new"), form).status_code == 409
    assert (City.objects.count(), JoinRequest.objects.count()) == (1, 0)
    # The same name at the other end of the country is another city.
    City.objects.update(latitude=65.5, longitude=22.1)
    assert ask(run, city=GOTHENBURG).status_code == 302


@pytest.mark.parametrize("slug", [*sorted(RESERVED_SLUGS)[:2], "JOIN", "taken", "a b", "por\0to"])
def test_an_address_that_is_not_free_is_refused(run, network, slug):
    make_city("taken", country="IT")
    answer = run(network, reverse("city-new"), {**OPENING, "city": PORTO, "slug": slug})
    assert answer.status_code == 400
    assert not City.objects.filter(geoname_id=PORTO).exists()
    assert not Country.objects.filter(pk="PT").exists()


def test_where_no_law_says_112_somebody_types_the_number(run, network):
    form = {**OPENING, "city": ZURICH, "slug": "zurich", "timezone": "Europe/Zurich"}
    assert run(network, reverse("city-new"), form).status_code == 400
    assert run(network, reverse("city-new"), form | {"number": "12"}).status_code == 400
    assert run(network, reverse("city-new"), form | {"number": "144"}).status_code == 302
    line = Service.objects.get(reach="national", country="CH")
    assert (line.phones.get().number, line.marks.get().kind) == ("144", "verify")
    assert not line.confirmations.exists()


def test_a_country_that_has_an_emergency_line_gets_no_second(run, network):
    make_city("harbour").country.save()
    country = Country.objects.get(pk="BE")
    country.emergency_numbers = {"any": "112", "police": "101"}
    country.save()
    make_service(reach="national", needs=["emergency"], phones=["112"])
    form = {**OPENING, "city": GHENT, "slug": "ghent", "timezone": "Europe/Brussels"}
    assert run(network, reverse("city-new"), form).status_code == 302
    assert Service.objects.filter(needs="emergency").count() == 1
    assert City.objects.get(slug="ghent").country.emergency_numbers["police"] == "101"
