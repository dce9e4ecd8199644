"""The worker's pages: the consent page, what waits, one referral, plan B."""

import datetime
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from referrals.handoff import acts
from referrals.models import Letter, Outcome, Referral, ReferralEvent
from services.models import Report, Service
from tests.people import browser_of, make_person, signed_in
from tests.referrals.handoff.sending import make_door, make_world, refresh, send, text
from tests.referrals.harbour import ADULT, plan_url, walk

pytestmark = pytest.mark.django_db

By = ReferralEvent.By
YES = {"urgency": "24h", "contact": "none", "consent": "on"}


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def browser(world):
    return signed_in(world[2])


def refer_at(city):
    return f"/{city.slug}/refer/"


def at(referral):
    return f"/my-referrals/{referral.pk}/"


def door(service, need="shelter"):
    return {"service": str(service.pk), "need": need}


def test_from_the_plan_to_the_code(django_capture_on_commit_callbacks, mailoutbox):
    city, service, worker = make_world(with_plan=True)
    browser = signed_in(worker)
    walk(browser, ADULT | {"what": {"wants": ["shelter"]}})
    page = browser.get(plan_url()).content.decode()
    assert f'action="{refer_at(city)}"' in page
    asked = browser.post(refer_at(city), door(service))
    assert asked.status_code == 200
    form = asked.context["form"]
    assert (form["group"].value(), form["urgency"].value()) == ("women-girls", "24h")
    assert "name, birthday, address, phone, story" in text(asked)
    assert not Referral.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        sent = browser.post(refer_at(city), door(service) | YES)
    referral = Referral.objects.get()
    assert (sent.status_code, sent["Location"]) == (303, at(referral))
    assert (referral.worker, referral.service, referral.state) == (worker, service, "sent")
    (message,) = mailoutbox
    # Without the secret of the link, which may spell anything.
    said = message.subject + re.sub(r"/handoff/\S+", "", message.body)
    for kept in (referral.code, "helter", "24", service.official_name, worker.email):
        assert kept not in said
    assert f"{referral.code[:3]}-{referral.code[3:]}" in text(browser.get(sent["Location"]))


def test_while_the_guide_is_used_the_same_person_keeps_the_code():
    city, service, worker = make_world(with_plan=True)
    browser = signed_in(worker)
    walk(browser, ADULT | {"what": {"wants": ["shelter"]}})
    browser.post(refer_at(city), door(service) | YES)
    referral = Referral.objects.get()
    next_door = make_door(city, "Second House", email="second@house.example")
    asked = browser.post(refer_at(city), door(next_door))
    assert asked.context["form"]["code"].value() == referral.code
    browser.post(f"/{city.slug}/guide/start-again/")
    asked = browser.post(refer_at(city), door(next_door))
    assert asked.context["form"]["code"].value() == ""


def test_only_workers_are_offered_it_and_only_with_a_yes(client):
    city, _service, worker = make_world(with_plan=True)
    walk(client, ADULT)
    assert refer_at(city) not in client.get(plan_url()).content.decode()
    browser = signed_in(worker)
    walk(browser, ADULT | {"consent": {"consent": "no"}})
    assert refer_at(city) not in browser.get(plan_url()).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"consent": ""},
        {"urgency": ""},
        {"urgency": "tomorrow"},
        {"contact": ""},
        {"contact": "pigeon"},
        {"contact": "phone"},
        {"contact": "phone", "phone": "her number"},
        {"contact": "phone", "phone": "ask for Ada, 112"},
        {"contact": "phone", "phone": "1" * 400},
        {"group": "tall"},
        {"language": "klingon"},
        {"urgency": "24h\0"},
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_sent(world, browser, wrong):
    city, service, _worker = world
    page = browser.post(refer_at(city), door(service) | YES | wrong)
    assert page.status_code == 400
    assert "Nothing was sent" in text(page)
    assert page.context["form"].errors
    assert not Referral.objects.exists()


def test_a_code_of_somebody_else_cannot_be_taken(world, browser):
    city, service, _worker = world
    other, _link = send(city, service, make_person("worker", city))
    page = browser.post(refer_at(city), door(make_door(city, "Other")) | YES | {"code": other.code})
    assert page.status_code in (303, 400)
    assert not Referral.objects.filter(code=other.code).exclude(pk=other.pk).exists()


@pytest.mark.parametrize(
    "gone", [{"held": True}, {"status": "withdrawn"}, {"visibility": "sealed"}]
)
def test_nobody_is_referred_to_what_left_the_directory(world, browser, gone):
    city, service, _worker = world
    assert browser.post(refer_at(city), door(service)).status_code == 200
    # By update: even where the directory in memory still holds it.
    Service.objects.filter(pk=service.pk).update(**gone)
    page = browser.post(refer_at(city), door(service) | YES)
    assert (page.status_code, "Nothing was sent" in text(page)) == (404, True)


def test_nobody_is_referred_for_another_need_or_to_the_emergency_number(world, browser):
    city, service, _worker = world
    alarm = make_door(city, "Alarm", needs=["emergency"], reach="national")
    for posted in (
        door(service, "rape-care"),
        door(service, "\0"),
        {"service": "x", "need": "shelter"},
        {"service": "\0" * 50, "need": "shelter"},
        {},
        door(alarm, "emergency"),
    ):
        assert browser.post(refer_at(city), posted | YES).status_code == 404
    assert not Referral.objects.exists()


def test_a_second_referral_of_a_code_is_caught(world, browser):
    city, service, _worker = world
    first, _link = send(*world)
    page = browser.post(refer_at(city), door(service) | YES | {"code": first.code})
    assert page.status_code == 409
    assert at(first) in page.content.decode()
    assert Referral.objects.count() == 1


def test_a_service_without_an_address_is_called(world, browser):
    city, _service, _worker = world
    silent = make_door(city, "Phone House", email="")
    assert "you call them" in text(browser.post(refer_at(city), door(silent)))
    sent = browser.post(refer_at(city), door(silent) | YES)
    page = text(browser.get(sent["Location"]))
    assert "No mail reaches this service" in page
    assert not Letter.objects.exists()


def test_what_waits_stands_in_the_order_of_the_clock(world, browser):
    now = timezone.now()
    with time_machine.travel(now - datetime.timedelta(hours=5)):
        late, _link = send(*world)
    weeks, _link = send(*world, urgency="2w")
    refused, _link = send(*world)
    acts.refuse(refused.pk, By.RECEIVER, "full")
    days, _link = send(*world, urgency="72h")
    done, _link = send(*world)
    acts.close(done.pk, By.WORKER)
    page = browser.get("/my-referrals/")
    order = [one.referral.pk for one in page.context["rows"]]
    assert order == [late.pk, refused.pk, days.pk, weeks.pk]
    assert "overdue for 4 hours" in text(page)
    finished = browser.get("/my-referrals/?show=done")
    assert [one.referral.pk for one in finished.context["rows"]] == [done.pk]


def test_nobody_else_s_exist(world, browser):
    city, service, _worker = world
    other, _link = send(city, service, make_person("worker", city))
    assert browser.get("/my-referrals/").context["rows"] == []
    for method in (browser.get, browser.post):
        assert method(at(other)).status_code == 404
    keeper = browser_of("administrator", city)
    assert keeper.post(at(other), {"do": "erase"}).status_code == 404
    assert Client().get(at(other)).status_code == 302
    assert refresh(other).version == 1


def test_who_never_sent_anything_and_has_no_role_sees_nothing(world, browser):
    world[2].memberships.all().delete()
    assert browser.get("/my-referrals/").status_code == 403


def test_who_has_left_the_city_can_recall_and_learns_nothing_more(world, browser):
    city, service, worker = world
    referral, link = send(*world)
    worker.memberships.all().delete()
    rows = browser.get("/my-referrals/").context["rows"]
    assert [one.referral.pk for one in rows] == [referral.pk]
    page = browser.get(at(referral))
    assert service.official_name not in page.content.decode()
    assert page.context["plan_b"] == []
    for act in ("accept", "receive", "wrong-number"):
        assert press(browser, referral, act).status_code == 403
    assert browser.post(refer_at(city), door(service) | YES).status_code == 404
    assert refresh(referral).version == 1
    assert press(browser, referral, "withdraw").status_code == 302
    assert browser.get(link).status_code == 410


def test_pressing_erase_twice_is_no_fault(world, browser, monkeypatch):
    referral, _link = send(*world)
    erase = acts.erase

    def twice(pk, by):
        erase(pk, by)
        erase(pk, by)

    monkeypatch.setattr(acts, "erase", twice)
    assert press(browser, referral, "erase")["Location"] == "/my-referrals/"


def test_it_is_said_who_tells_the_service_of_a_recall(world, browser):
    city, _service, worker = world
    told, _link = send(*world)
    press(browser, told, "withdraw")
    assert "is told by mail" in text(browser.get("/my-referrals/"))
    silent = make_door(city, "Phone House", email="")
    called, _link = send(city, silent, worker)
    press(browser, called, "withdraw")
    assert "call them now" in text(browser.get("/my-referrals/"))


def test_a_group_that_the_pathway_does_not_know_locks_nobody_out():
    world = make_world(with_plan=True)
    referral, _link = send(*world, group="elderly")
    acts.refuse(referral.pk, By.RECEIVER, "full")
    page = signed_in(world[2]).get(at(referral))
    assert page.status_code == 200
    assert page.context["plan_b"]


def test_a_changed_secret_hides_the_contact_and_nothing_else(world, browser, client, settings):
    referral, link = send(*world, contact="phone", contact_value="+32 2 555 99 88")
    settings.SECRET_KEY = "another-" + settings.SECRET_KEY
    page = client.get(link)
    assert page.status_code == 200
    assert "555 99 88" not in text(page)
    assert "They call you" in text(page)
    assert refresh(referral).is_open


def press(browser, referral, do, **more):
    return browser.post(at(referral), {"do": do} | more)


def test_the_whole_way_by_the_worker_s_own_buttons(world, browser):
    referral, _link = send(*world)
    assert press(browser, referral, "refuse", reason="full").status_code == 302
    assert refresh(referral).reason == "full"
    assert press(browser, referral, "accept").status_code == 302
    assert press(browser, referral, "arrive").status_code == 302
    assert press(browser, referral, "close").status_code == 302
    late = press(browser, referral, "accept")
    assert (late.status_code, "stands otherwise" in text(late)) == (409, True)
    for wrong in ({"do": "explode"}, {}, {"do": "refuse", "reason": "zzz"}, {"do": "\0"}):
        assert browser.post(at(referral), wrong).status_code == 400


def test_taking_back_and_erasing(world, browser):
    referral, link = send(*world)
    assert press(browser, referral, "withdraw").status_code == 302
    assert browser.get(link).status_code == 410
    gone = press(browser, referral, "erase")
    assert gone["Location"] == "/my-referrals/"
    assert not Referral.objects.exists()
    assert Outcome.objects.get().end == "recalled"
    assert browser.get(at(referral)).status_code == 404


def test_a_wrong_number_opens_a_report(world, browser):
    referral, _link = send(*world)
    press(browser, referral, "wrong-number")
    (report,) = Report.objects.all()
    assert (report.kind, report.service, report.reporter) == ("contact", world[1], world[2])


def test_a_no_offers_plan_b_with_the_same_code():
    world = make_world(with_plan=True)
    city, _service, worker = world
    browser = signed_in(worker)
    referral, _link = send(*world)
    acts.refuse(referral.pk, By.RECEIVER, "full")
    page = browser.get(at(referral))
    names = [card.listing.name for card in page.context["plan_b"]]
    assert names
    assert "Lantern House" not in names
    posted = {
        "service": page.context["plan_b"][0].listing.id,
        "need": "shelter",
        "code": referral.code,
    }
    asked = browser.post(refer_at(city), posted)
    assert asked.context["form"]["code"].value() == referral.code


def test_plan_b_is_offered_when_a_service_is_silent_or_has_left():
    world = make_world(with_plan=True)
    browser = signed_in(world[2])
    with time_machine.travel(timezone.now() - datetime.timedelta(hours=2)):
        silent, _link = send(*world)
    assert browser.get(at(silent)).context["plan_b"]
    fresh, _link = send(*world)
    assert browser.get(at(fresh)).context["plan_b"] == []
    service = Service.objects.get(pk=world[1].pk)
    service.status = "withdrawn"
    service.save()
    page = browser.get(at(fresh))
    assert page.context["plan_b"]
    assert "Send nobody there" in text(page)


def test_ten_thousand_open_referrals_cost_the_same_queries(world, browser):
    city, _service, worker = world
    send(*world)

    def queries():
        browser.get("/my-referrals/")
        with CaptureQueriesContext(connection) as found:
            assert browser.get("/my-referrals/").status_code == 200
        return len(found)

    few = queries()
    now = timezone.now()
    Referral.objects.bulk_create(
        [
            Referral(
                code="ACDEFG",
                city=city,
                service=None,
                worker=worker,
                need="shelter",
                urgency="24h",
                consent_until=now + datetime.timedelta(days=1),
                due_at=now + datetime.timedelta(seconds=number),
            )
            for number in range(10_000)
        ],
        batch_size=500,
    )
    assert queries() == few
    assert few <= 13
