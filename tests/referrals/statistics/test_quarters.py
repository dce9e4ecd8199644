"""Only quarters that are over are read, each by itself."""

import datetime
import itertools

import pytest

from referrals.statistics.quarters import Quarter, oldest_kept, published, quarter_of

DAY = datetime.date


@pytest.mark.parametrize(
    ("day", "quarter"),
    [(DAY(2026, 1, 1), (2026, 1)), (DAY(2026, 3, 31), (2026, 1)), (DAY(2026, 4, 1), (2026, 2)),
     (DAY(2026, 12, 31), (2026, 4))],
)  # fmt: skip
def test_a_day_is_in_one_quarter(day, quarter):
    assert quarter_of(day) == Quarter(*quarter)


def test_a_quarter_has_three_months_and_another_after_it():
    last = Quarter(2026, 4)
    assert last.months == [DAY(2026, 10, 1), DAY(2026, 11, 1), DAY(2026, 12, 1)]
    assert last.following == Quarter(2027, 1)
    assert last.last_day == DAY(2026, 12, 31)
    assert last.code == "2026-Q4"


def test_it_is_read_from_the_second_day_after_it_on():
    began = DAY(2026, 2, 10)
    assert published(began, DAY(2026, 4, 1)) == []
    assert published(began, DAY(2026, 4, 2)) == [Quarter(2026, 1)]
    assert published(began, DAY(2026, 12, 31)) == [Quarter(2026, n) for n in (3, 2, 1)]


def test_no_month_is_in_two_quarters():
    months = [m for q in published(DAY(2022, 1, 1), DAY(2026, 12, 31)) for m in q.months]
    assert len(months) == len(set(months)) == 57


def test_what_is_no_longer_kept_in_whole_is_not_read():
    today = DAY(2026, 8, 17)
    assert oldest_kept(today) == Quarter(2021, 3)
    assert published(DAY(2015, 1, 1), today)[-1] == Quarter(2021, 3)


def test_the_list_grows_at_its_head_and_shrinks_at_its_tail_alone():
    days = [DAY(2026, 1, 1) + datetime.timedelta(days=n) for n in range(800)]
    for before, after in itertools.pairwise(published(DAY(2019, 5, 5), d) for d in days):
        common = [q for q in after if q in before]
        assert common == after[len(after) - len(common) :] == before[: len(common)]
