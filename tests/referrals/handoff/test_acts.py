"""Each act: from which states, by whom, once; and what it leaves behind."""

import datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from referrals.handoff import acts, contacts, letters, rules
from referrals.models import Letter, Outcome, Referral, ReferralEvent
from services.models import Confirmation, Proposal, Service, Signal
from tests.people import make_person
from tests.referrals.handoff.sending import make_door, make_world, post, refresh, send

pytestmark = pytest.mark.django_db

By, State = ReferralEvent.By, Referral.State
NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)


@pytest.fixture
def world():
    return make_world()


def do(referral, *steps, by=By.RECEIVER):
    for step in steps:
        act, *rest = step.split()
        getattr(acts, act)(referral.pk, by, *rest)
    return refresh(referral)


def test_without_a_yes_nothing_is_made(world):
    city, service, worker = world
    for consent in (False, None, "yes", 1):
        with pytest.raises(acts.NoConsentError):
            acts.refer(acts.Wanted(city, service, "shelter", "24h"), consent=consent, worker=worker)
    assert not Referral.objects.exists()
    assert not Letter.objects.exists()


def test_the_whole_way_is_written_down_once(world):
    referral, _link = send(*world)
    referral = do(referral, "receive", "receive", "accept", "accept", "arrive", "arrive", "close")
    do(referral, "close")
    events = list(referral.events.values_list("number", "act", "state", "by"))
    assert events == [
        (1, "refer", "sent", "worker"),
        (2, "receive", "received", "receiver"),
        (3, "accept", "can-take", "receiver"),
        (4, "arrive", "arrived", "receiver"),
        (5, "close", "closed", "receiver"),
    ]
    (outcome,) = Outcome.objects.all()
    assert (outcome.end, outcome.speed, outcome.count) == ("arrived", "1h", 1)


#: Steps that lead to a state, then an act that does not fit there.
FORBIDDEN = [
    ("", "arrive"),
    ("", "miss"),
    ("", "close"),
    ("receive", "arrive"),
    ("receive", "close"),
    ("accept", "receive"),
    ("accept", "close"),
    ("refuse full", "arrive"),
    ("refuse full", "receive"),
    ("accept,arrive", "accept"),
    ("accept,arrive", "refuse full"),
    ("accept,arrive", "miss"),
    ("accept,miss", "accept"),
    ("accept,arrive,close", "accept"),
    ("accept,arrive,close", "arrive"),
    ("", "withdraw"),
    ("accept", "withdraw"),
]


@pytest.mark.parametrize(("before", "act"), FORBIDDEN)
def test_what_does_not_fit_is_refused_and_changes_nothing(world, before, act):
    referral, _link = send(*world)
    referral = do(referral, *filter(None, before.split(",")))
    stood = (referral.state, referral.version)
    with pytest.raises(acts.TooLateError) as refusal:
        do(referral, act)
    assert refusal.value.referral.state == stood[0]
    referral = refresh(referral)
    assert (referral.state, referral.version) == stood
    assert referral.events.count() == stood[1]


def test_a_mind_may_be_changed_while_it_is_open(world):
    referral, _link = send(*world)
    referral = do(referral, "accept", "refuse full", "refuse age", "accept")
    assert (referral.state, referral.reason) == (State.ACCEPTED, "")
    do(referral, "miss", "arrive")
    assert refresh(referral).state == State.ARRIVED


def test_a_worker_writes_down_what_was_said_on_the_phone(world):
    referral, _link = send(*world)
    referral = do(referral, "accept", "close", by=By.WORKER)
    assert referral.state == State.CLOSED
    assert Outcome.objects.get().end == "can-take"
    with pytest.raises(acts.TooLateError):
        do(referral, "withdraw", by=By.WORKER)


def test_a_yes_that_ran_out_lets_nothing_through_but_ends(world):
    with time_machine.travel(NOON, tick=False):
        referral, _link = send(*world)
    with time_machine.travel(NOON + rules.CONSENT + datetime.timedelta(seconds=1), tick=False):
        for act in ("receive", "accept", "refuse full"):
            with pytest.raises(acts.ConsentOverError):
                do(referral, act)
        assert do(referral, "withdraw", by=By.WORKER).state == State.RECALLED
    assert Outcome.objects.get().end == "recalled"


def test_taking_back_the_yes_recalls_it_everywhere_at_once(world, client):
    referral, link = send(*world, contact="phone", contact_value="+32 2 555 99 88")
    assert contacts.read(referral) == "+32 2 555 99 88"
    assert client.get(link).status_code == 200
    referral = do(referral, "withdraw", by=By.WORKER)
    assert (referral.sealed_contact, referral.contact) == ("", "none")
    gone = client.get(link)
    assert gone.status_code == 410
    for secret in (referral.code, "555 99 88", "Shelter"):
        assert secret not in gone.content.decode()
    assert client.post(link, {"referral": referral.pk, "do": "accept"}).status_code == 410
    assert Letter.objects.filter(kind="recall", state="waiting").count() == 1


def test_a_mail_not_yet_out_never_goes_out_once_it_is_recalled(world, mailoutbox):
    city, service, worker = world
    referral = acts.refer(acts.Wanted(city, service, "shelter", "24h"), consent=True, worker=worker)
    do(referral, "withdraw", by=By.WORKER)
    post()
    assert mailoutbox == []
    assert set(Letter.objects.values_list("kind", "state", "sealed_token")) == {
        ("new", "needless", "")
    }


def test_nobody_is_written_to_at_an_address_that_no_city_has_confirmed(world, settings):
    settings.PRODUCTION = True
    world[0].is_sample = True
    world[0].save()
    assert send(*world)[1] is None
    world[0].is_sample = False
    world[0].save()
    assert send(*world)[1]


def test_the_same_code_reaches_a_service_once(world):
    city, _service, worker = world
    first, _link = send(*world)
    with pytest.raises(acts.DuplicateError) as found:
        send(*world, code=first.code)
    assert found.value.referral == first
    assert Referral.objects.count() == 1
    other, _link = send(city, make_door(city, "Other House"), worker, code=first.code)
    assert other.code == first.code
    do(first, "close", by=By.WORKER)
    assert send(*world, code=first.code)[0].pk != first.pk


def test_erasing_leaves_a_number_in_the_counts_alone(world):
    referral, _link = send(*world)
    do(referral, "accept")
    acts.erase(referral.pk, By.WORKER)
    assert not Referral.objects.exists()
    assert not ReferralEvent.objects.exists()
    # That the service is to forget it, tied to nothing.
    assert list(Letter.objects.values_list("kind", "referral")) == [("recall", None)]
    assert Outcome.objects.get().end == "recalled"
    closed, _link = send(*world)
    do(closed, "close", by=By.WORKER)
    acts.erase(closed.pk, By.WORKER)
    assert sorted(Outcome.objects.values_list("end", "count")) == [
        ("no-answer", 1),
        ("recalled", 1),
    ]


def test_erased_while_open_the_service_is_told_all_the_same(world, mailoutbox):
    referral, _link = send(*world)
    acts.erase(referral.pk, By.WORKER)
    (letter,) = Letter.objects.all()
    assert (letter.kind, letter.referral, letter.state) == ("recall", None, "waiting")
    letters.deliver()
    assert mailoutbox[-1].subject == "Please disregard our last question"
    assert mailoutbox[-1].to == ["desk@lantern.example"]
    assert not Letter.objects.exists()


#: Urgency -> after how much silence it is overdue: unopened, then unanswered.
SILENCE = [("24h", 1, 3), ("72h", 3, 24), ("2w", 24, 72)]


@pytest.mark.parametrize(("urgency", "unopened", "unanswered"), SILENCE)
def test_silence_turns_overdue_and_the_worker_is_told_once(
    world, urgency, unopened, unanswered, mailoutbox
):
    hours = datetime.timedelta(hours=1)
    with time_machine.travel(NOON, tick=False):
        referral, _link = send(*world, urgency=urgency)
        assert referral.due_at == NOON + unopened * hours
        referral = do(referral, "receive")
        assert referral.due_at == NOON + unanswered * hours
    assert letters.tell_of_silence(NOON + unanswered * hours) == 0
    late = NOON + unanswered * hours + datetime.timedelta(seconds=1)
    assert letters.tell_of_silence(late) == 1
    assert letters.tell_of_silence(late) == 0
    letters.deliver()
    message = mailoutbox[-1]
    assert message.to == [world[2].email]
    assert referral.code not in message.body + message.subject
    assert "/my-referrals/" in message.body


def test_an_answer_by_the_link_is_told_to_the_worker_by_mail(world, mailoutbox):
    referral, _link = send(*world)
    do(referral, "accept")
    letters.deliver()
    assert mailoutbox[-1].to == [world[2].email]
    do(referral, "refuse full", by=By.WORKER)
    letters.deliver()
    assert len(mailoutbox) == 2


def test_an_answer_refreshes_trust_to_the_day_and_moves_nothing_else(world):
    referral, _link = send(*world)
    before = Service.objects.values("last_modified").get(pk=world[1].pk)
    with time_machine.travel(NOON, tick=False):
        do(referral, "accept", "refuse full")
    rows = Confirmation.objects.filter(service=world[1])
    midnight = NOON.replace(hour=0)
    assert list(rows.values_list("field_group", "by", "confirmed_at")) == [
        ("contact", "organization", midnight)
    ]
    # When a listing changed is public: it would tell the moment of the answer.
    assert Service.objects.values("last_modified").get(pk=world[1].pk) == before
    with time_machine.travel(NOON, tick=False):
        do(referral, "accept", by=By.WORKER)
    assert set(rows.values_list("by", flat=True)) == {"organization", "worker"}


def test_a_mail_that_may_have_gone_out_is_followed_by_a_recall(world):
    city, service, worker = world
    referral = acts.refer(acts.Wanted(city, service, "shelter", "24h"), consent=True, worker=worker)
    # The server took it and did not say so in time: it waits to be tried again.
    Letter.objects.update(attempts=1)
    do(referral, "withdraw", by=By.WORKER)
    assert Letter.objects.filter(kind="recall", state="waiting").count() == 1


def test_what_an_editor_decided_is_not_proposed_again_by_the_same_refusals(world):
    refuse_often(world, "children", 3)
    proposal = Proposal.objects.get()
    proposal.state, proposal.decided_at = "declined", timezone.now()
    proposal.save()
    refuse_often(world, "children", 1)
    assert Proposal.objects.count() == 1


def test_an_answer_is_told_on_the_plans_of_others(world):
    referral, _link = send(*world)

    def told():
        return list(Signal.objects.order_by("by").values_list("by", "kind", "reason"))

    do(referral, "refuse full")
    assert told() == [("organization", "full", "")]
    do(referral, "refuse age")
    assert told() == [("organization", "refused", "age")]
    do(referral, "refuse need")
    assert told() == [("organization", "refused", "")]
    do(referral, "accept")
    assert told() == [("organization", "connected", "")]
    do(referral, "refuse full", by=By.WORKER)
    assert told() == [("organization", "connected", ""), ("worker", "full", "")]
    assert Signal.objects.get(by="worker").worker == world[2]


def refuse_often(world, reason, times, workers=2, **fields):
    city, service, worker = world
    people = [worker, *(make_person("worker", city) for _ in range(workers - 1))]
    for number in range(times):
        referral, _link = send(city, service, people[number % workers], **fields)
        do(referral, f"refuse {reason}")


def test_refusals_for_one_reason_propose_a_change_once(world):
    refuse_often(world, "children", 2)
    assert not Proposal.objects.exists()
    refuse_often(world, "children", 2)
    (proposal,) = Proposal.objects.all()
    assert proposal.kind == "refuse"
    assert (proposal.old, proposal.new) == (
        {"criterion:with-children": ""},
        {"criterion:with-children": "does-not-take"},
    )


def test_one_worker_alone_proposes_nothing(world):
    refuse_often(world, "children", 5, workers=1)
    assert not Proposal.objects.exists()


def test_what_is_taken_becomes_ask_first(world):
    world[1].criteria.create(code="lgbtqi", stance="takes")
    refuse_often(world, "group", 3, group="lgbtqi")
    assert Proposal.objects.get().new == {"criterion:lgbtqi": "asks-first"}


def test_a_reason_that_tells_nothing_of_the_listing_proposes_nothing(world):
    refuse_often(world, "full", 6)
    refuse_often(world, "group", 3)
    assert not Proposal.objects.exists()


def test_the_database_itself_refuses_what_the_acts_would_not_do(world):
    referral, _link = send(*world, contact="phone", contact_value="+32 2 555 99 88")
    for broken in (
        {"state": "closed"},
        {"closed_at": NOON},
        {"state": "cannot"},
        {"state": "closed", "closed_at": NOON},
        {"urgency": "now"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Referral.objects.filter(pk=referral.pk).update(**broken)
