"""What everything told of one service comes to: a table, and floods of any size."""

import datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.models import Confirmation
from services.signals.weighing import WEIGHTS, weigh

Group = Confirmation.FieldGroup
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


def ago(hours):
    return NOON - datetime.timedelta(hours=hours)


def said(kind, by="worker", hours=1, *, lasts=12, reason=""):
    at = ago(hours)
    return SimpleNamespace(
        kind=kind, by=by, reason=reason, at=at, expires_at=at + datetime.timedelta(hours=lasts)
    )


#: What was said, who answered when -> what it comes to, by whom, and whether it moves every plan.
TABLE = {
    "nothing said": ([], {}, None),
    "a worker's full": ([said("full")], {}, ("full", "worker", True)),
    "a worker's no answer": ([said("no-answer")], {}, ("no-answer", "worker", True)),
    "a stranger's full is only shown": (
        [said("full", "anonymous")],
        {},
        ("full", "anonymous", False),
    ),
    "a refusal of one person hides the door from nobody": (
        [said("refused", reason="gender")],
        {},
        ("refused", "worker", False),
    ),
    "connected alone is not shown": ([said("connected")], {}, None),
    "expired": ([said("full", hours=13)], {}, None),
    "the last minute of it": ([said("full", hours=11.99)], {}, ("full", "worker", True)),
    "somebody got through later": ([said("full", hours=2), said("connected", hours=1)], {}, None),
    "somebody got through before": (
        [said("full", hours=1), said("connected", hours=2)],
        {},
        ("full", "worker", True),
    ),
    "a stranger cannot take a worker's word back": (
        [said("full", hours=2), said("connected", "anonymous", 1)],
        {},
        ("full", "worker", True),
    ),
    "a worker takes a stranger's word back": (
        [said("full", "anonymous", 2), said("connected", "worker", 1)],
        {},
        None,
    ),
    "a worker cannot take the service's word back": (
        [said("full", "organization", 2), said("connected", "worker", 1)],
        {},
        ("full", "organization", True),
    ),
    "the service says that somebody was taken": (
        [said("full", hours=2), said("connected", "organization", 1)],
        {},
        None,
    ),
    "the service weighs more than a newer worker": (
        [said("full", "organization", 3), said("no-answer", "worker", 1)],
        {},
        ("full", "organization", True),
    ),
    "a worker weighs more than a newer stranger": (
        [said("no-answer", "worker", 2), said("full", "anonymous", 1)],
        {},
        ("no-answer", "worker", True),
    ),
    "the newest of two workers": (
        [said("no-answer", hours=2), said("full", hours=1)],
        {},
        ("full", "worker", True),
    ),
    "a newer refusal does not hide that it is full": (
        [said("full", hours=2), said("refused", hours=1)],
        {},
        ("full", "worker", True),
    ),
    "answered: it takes people": ([said("full", hours=2)], {Group.CAPACITY: ago(1)}, None),
    "answered before it was said": (
        [said("full", hours=1)],
        {Group.CAPACITY: ago(2)},
        ("full", "worker", True),
    ),
    "another field answers nothing": (
        [said("full", hours=2)],
        {Group.CONTACT: ago(1)},
        ("full", "worker", True),
    ),
    "answered: the number is right": ([said("no-answer", hours=2)], {Group.CONTACT: ago(1)}, None),
    "answered: who is taken": ([said("refused", hours=2)], {Group.ACCEPTANCE: ago(1)}, None),
    "the service's own full, answered by itself": (
        [said("full", "organization", 2)],
        {Group.CAPACITY: ago(1)},
        None,
    ),
    "what is left once the heavier is answered": (
        [said("full", "worker", 2), said("no-answer", "anonymous", 1)],
        {Group.CAPACITY: ago(1)},
        ("no-answer", "anonymous", False),
    ),
    "said later than the moment of the plan": ([said("full", hours=-1)], {}, None),
}


@pytest.mark.parametrize(("signals", "answered", "expected"), TABLE.values(), ids=TABLE.keys())
def test_what_it_comes_to(signals, answered, expected):
    for order in (signals, signals[::-1]):
        told = weigh(order, answered, NOON)
        assert (told and (told.kind, told.by, told.counts)) == expected


any_signal = st.builds(
    said,
    st.sampled_from(["connected", "no-answer", "full", "refused"]),
    st.sampled_from(list(WEIGHTS)),
    st.floats(0, 60),
    lasts=st.sampled_from([3, 12, 48]),
)
any_answer = st.dictionaries(st.sampled_from(list(Group)), st.floats(0, 60).map(ago))


@given(st.lists(any_signal, max_size=8), any_answer, st.integers(2, 50), st.data())
def test_a_flood_of_one_voice_weighs_as_much_as_one(signals, answered, times, data):
    again = data.draw(st.sampled_from(signals)) if signals else None
    flood = signals + [again] * times if again else signals
    assert weigh(flood, answered, NOON) == weigh(signals, answered, NOON)


@given(st.lists(any_signal, max_size=8), st.lists(any_signal, max_size=8), any_answer)
def test_strangers_never_change_what_counts_for_everybody(signals, more, answered):
    known = [signal for signal in signals if signal.by != "anonymous"]
    strangers = [signal for signal in more if signal.by == "anonymous"]
    with_them = weigh([*known, *strangers], answered, NOON)
    without = weigh(known, answered, NOON)
    if without is not None:
        assert with_them == without
    assert with_them is None or with_them.by != "anonymous" or not with_them.counts


@given(st.lists(any_signal, max_size=8), any_answer)
def test_what_is_told_was_said_is_live_and_unanswered(signals, answered):
    told = weigh(signals, answered, NOON)
    if told is None:
        return
    sources = [s for s in signals if (s.kind, s.by, s.at) == (told.kind, told.by, told.at)]
    assert any(source.at <= NOON < source.expires_at for source in sources)
    assert told.kind != "connected"
    assert told.counts == (told.by != "anonymous" and told.kind in ("full", "no-answer"))
