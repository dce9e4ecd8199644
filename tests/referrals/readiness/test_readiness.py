"""What a city lacks, when it may go live, and that it falls back when what it needs expires."""

import datetime

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from referrals.readiness import keeping
from referrals.readiness.lines import lacking, lines
from services import checks, directory
from services.models import City, Confirmation, Membership, Service, SignOff
from tests.factories import make_city, make_service
from tests.people import browser_of, make_person, signed_in
from tests.referrals.readiness.ready import make_ready_city, sign_everything

pytestmark = pytest.mark.django_db

PAGE = reverse("readiness", args=["harbour"])
LIVE = reverse("go-live", args=["harbour"])
CANARY = "kestrelwharf"


def fresh(city):
    """The city as the next request reads it."""
    return City.objects.select_related("country").get(pk=city.pk)


def lacks(city):
    return lacking(lines(fresh(city)))


def no_number(city):
    city.country.emergency_numbers = {"police": "101"}
    city.country.save()


def nobody_for_women(_city):
    Service.objects.get(slug="every-door").criteria.create(code="women", stance="does-not-take")


def never_confirmed(_city):
    Confirmation.objects.get().delete()


def cannot_be_called(_city):
    Service.objects.get(slug="every-door").phones.get().delete()


def words_changed(_city):
    SignOff.objects.filter(rule="window:hiv-pep").update(fingerprint="0" * 64)
    Service.objects.get(slug="every-door").save()


def one_administrator_is_weak(city):
    Membership.objects.filter(city=city).first().user.authenticator_set.all().delete()


def one_administrator_is_an_editor(city):
    Membership.objects.filter(pk=Membership.objects.first().pk).update(role="editor")


ALL_NEEDS = [
    "need:helpline",
    "need:rape-care",
    "need:shelter",
    "need:violence-support",
    "need:legal-advice",
    "need:child-protection",
    "need:guardianship",
]


@pytest.mark.parametrize(
    ("spoil", "missing"),
    [
        (no_number, ["emergency"]),
        # A girl who is alone is asked about by her age; a door for women alone is not hers by gender.
        (nobody_for_women, ["need:helpline", "need:rape-care", "need:shelter",
                            "need:violence-support", "need:legal-advice"]),
        (never_confirmed, ALL_NEEDS),
        (cannot_be_called, ALL_NEEDS),
        (words_changed, ["legal"]),
        (one_administrator_is_weak, ["administrators", "releasers"]),
        (one_administrator_is_an_editor, ["administrators"]),
    ],
)  # fmt: skip
def test_each_thing_is_missed(spoil, missing):
    city, people = make_ready_city()
    assert lacks(city) == []
    spoil(city)
    assert lacks(city) == missing
    answer = signed_in(people[1]).post(LIVE)
    assert answer.status_code == (409 if people[1].memberships.get().role != "editor" else 403)
    assert fresh(city).is_sample


def test_a_ready_city_goes_live_once_and_its_pages_say_so():
    city, (administrator, _other) = make_ready_city()
    browser = signed_in(administrator)
    assert "Take the city live" in browser.get(PAGE).content.decode()
    assert (
        "The city is ready"
        in browser.get(reverse("office-city", args=["harbour"])).content.decode()
    )
    home = reverse("city", args=["harbour"])
    assert "Sample data" in browser.get(home).content.decode()
    version = fresh(city).version
    assert [browser.post(LIVE).status_code for _click in range(2)] == [302, 302]
    city = fresh(city)
    assert (city.is_sample, city.lacks) == (False, [])
    assert city.live_since
    assert city.version > version
    assert "Sample data" not in browser.get(home).content.decode()


def test_who_may_only_read_is_told_no_and_sees_no_button():
    city, _people = make_ready_city()
    worker = browser_of("worker", city)
    assert LIVE not in worker.get(PAGE).content.decode()
    assert worker.post(LIVE).status_code == 403


@pytest.mark.parametrize(("days", "missing"), [(170, False), (181, "need:shelter"), (200, "legal")])
def test_a_live_city_falls_back_when_something_expires(days, missing, mailoutbox, caplog, settings):
    """A phone is stale 180 days after it was confirmed; here sign-offs hold for 190."""
    start = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False):
        city, (administrator, _other) = make_ready_city()
        SignOff.objects.all().delete()
        sign_everything(city, days=190)
        assert keeping.go_live(fresh(city), administrator)
    with time_machine.travel(start + datetime.timedelta(days=days), tick=False):
        directory.forget()
        for _day in range(2):
            call_command("check_readiness", verbosity=0)
        city = fresh(city)
        assert city.is_sample is bool(missing)
        if not missing:
            assert not mailoutbox
            return
        assert missing in city.lacks
        assert (city.live_since, city.fell_back_at) == (None, timezone.now())
        assert sorted(mail.to[0] for mail in mailoutbox) == sorted(
            user.email for user in (administrator, _other)
        )
        assert "Harbour" in mailoutbox[0].subject
        assert "harbour is a sample again" in caplog.text
        # It says so to whoever comes to work, and does not stop a site from starting.
        start_page = signed_in(administrator).get(reverse("office-city", args=["harbour"]))
        assert "a sample again" in start_page.content.decode()
        settings.PRODUCTION, settings.SECRET_KEY = (
            True,
            "k7Qm2xVb9TzR4wLc8NpY6sHd3JfG5aEu1XoZiKvBqWtMn",
        )
        found = checks.fit_for_production(None)
        assert [message.id for message in found if "W" in message.id] == ["services.W004"]
        assert not any(message.id == "services.E004" for message in found)


def test_what_is_sealed_makes_no_city_ready_and_is_named_nowhere():
    """For whoever may read the page: not by a word, and not by a count."""
    city, (administrator, _other) = make_ready_city()
    readers = [signed_in(administrator), browser_of("worker", city), browser_of("network")]

    def pages():
        return [reader.get(PAGE).content.decode() for reader in readers]

    Service.objects.get(slug="every-door").needs.remove("shelter")
    before = pages()
    assert "Missing" in before[1]
    make_service(
        city,
        name=CANARY,
        needs=["shelter"],
        visibility="sealed",
        confidential=True,
        confirmations=[{"field_group": "contact", "by": "city"}],
    )
    # Only the secrets of forms differ.
    assert [page.count("Missing") for page in pages()] == [page.count("Missing") for page in before]
    assert not any(CANARY in page for page in pages())
    make_service(
        city,
        name="Open House",
        needs=["shelter"],
        confirmations=[{"field_group": "contact", "by": "city"}],
    )
    assert lacks(city) == []


def test_people_of_another_city_do_not_count():
    city, (administrator, _other) = make_ready_city()
    make_person("administrator", make_city("faraway", country="IT"))
    Membership.objects.get(user=administrator).delete()
    assert lacks(city) == ["administrators", "releasers"]


def test_the_list_asks_few_queries(django_assert_max_num_queries):
    city, _people = make_ready_city()
    for number in range(5):
        make_service(city, name=f"Door {number}", needs=["shelter"])
    city = fresh(city)
    lines(city)
    with django_assert_max_num_queries(4):
        lines(city)
