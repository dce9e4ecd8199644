"""Random acts by random people: no forbidden state, nothing lost, everything logged once."""

import threading

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from referrals.handoff import acts
from referrals.models import Letter, Outcome, Referral, ReferralEvent
from tests.referrals.handoff.sending import make_world, send

By, State = ReferralEvent.By, Referral.State

#: Written out once more, from the text of the process and not from the code: act -> (from, to).
ALLOWED = {
    "receive": ({"sent"}, "received"),
    "accept": ({"sent", "received", "cannot"}, "can-take"),
    "refuse": ({"sent", "received", "can-take", "cannot"}, "cannot"),
    "arrive": ({"can-take", "not-arrived"}, "arrived"),
    "miss": ({"can-take"}, "not-arrived"),
    "close": ({"sent", "received", "can-take", "cannot", "arrived", "not-arrived"}, "closed"),
    "withdraw": ({"sent", "received", "can-take", "cannot", "arrived", "not-arrived"}, "recalled"),
}
NEVER_BY_RECEIVER = {("close", "sent"), ("close", "received"), ("close", "can-take")}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(sorted(ALLOWED)),
        st.sampled_from(["worker", "receiver", "partner", "clock"]),
        st.sampled_from(["full", "age", "other"]),
        st.integers(0, 2),
    ),
    max_size=14,
)


def may(act, by, state):
    sources, _to = ALLOWED[act]
    if by == "clock":
        return act == "close" and state in sources
    if by == "receiver" and (act == "withdraw" or (act, state) in NEVER_BY_RECEIVER):
        return False
    return state in sources


class RandomActs(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.world = make_world()

    @settings(max_examples=40, deadline=None)
    @given(steps=STEPS)
    def test_no_forbidden_state_and_every_event_once(self, steps):
        referrals = [
            send(*self.world, contact="phone", contact_value="+32 2 555 99 88")[0] for _ in range(3)
        ]
        model = {one.pk: ["sent", "", 1] for one in referrals}
        for act, by, reason, which in steps:
            self.step(referrals[which].pk, model, act, by, reason)
        for pk, (state, reason, events) in model.items():
            self.check(Referral.objects.get(pk=pk), state, reason, events)
        over = sum(state in ("closed", "recalled") for state, *_rest in model.values())
        assert sum(Outcome.objects.values_list("count", flat=True)) == over
        Referral.objects.all().delete()
        Outcome.objects.all().delete()

    def step(self, pk, model, act, by, reason):
        state, told, events = model[pk]
        given_reason = (reason,) if act == "refuse" else ()
        repeated = state == ALLOWED[act][1] and (act != "refuse" or told == reason)
        try:
            getattr(acts, act)(pk, By(by), *given_reason)
            assert repeated or may(act, by, state)
        except acts.TooLateError:
            assert not repeated
            assert not may(act, by, state)
            return
        if not repeated:
            reason_now = reason if act == "refuse" else "" if act == "accept" else told
            model[pk] = [ALLOWED[act][1], reason_now, events + 1]

    def check(self, referral, state, reason, events):
        assert (referral.state, referral.reason, referral.version) == (state, reason, events)
        numbers = list(referral.events.values_list("number", flat=True))
        assert numbers == list(range(1, events + 1))
        assert referral.events.last().state == state
        closed = state in ("closed", "recalled")
        assert (referral.closed_at is not None) == closed
        assert (referral.sealed_contact == "") == closed
        waiting = Letter.objects.filter(referral=referral, kind="new", state="waiting")
        assert not (closed and waiting.exists())


@pytest.mark.django_db(transaction=True)
def test_two_at_once_lose_nothing():
    if connection.vendor == "sqlite":
        pytest.skip("The tests' SQLite is in memory and takes one thread at a time.")
    referral, _link = send(*make_world())
    gate, refused = threading.Barrier(6), []

    def work(number):
        gate.wait()
        try:
            acts.refuse(referral.pk, By.RECEIVER, ("full", "age", "other")[number % 3])
            acts.accept(referral.pk, By.WORKER)
        except acts.TooLateError as error:
            refused.append(error)
        connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    referral.refresh_from_db()
    events = list(referral.events.values_list("number", "state"))
    assert [number for number, _state in events] == list(range(1, referral.version + 1))
    assert events[-1][1] == referral.state
    assert refused == []


@pytest.mark.django_db(transaction=True)
def test_two_referrals_of_one_code_at_once_make_one():
    if connection.vendor == "sqlite":
        pytest.skip("The tests' SQLite is in memory and takes one thread at a time.")
    world, gate, caught = make_world(), threading.Barrier(4), []
    city, service, worker = world

    def work():
        wanted = acts.Wanted(city, service, "shelter", "24h", code="ACDEFG")
        gate.wait()
        try:
            acts.refer(wanted, consent=True, worker=worker)
        except acts.DuplicateError as error:
            caught.append(error.referral.code)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Referral.objects.count() == 1
    assert caught == ["ACDEFG"] * 3
