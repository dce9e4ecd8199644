"""What the trial of an upgrade takes for a loss, and how far it goes back."""

import pytest

from scripts import upgrade_trial
from scripts.upgrade_trial import TrialError, before_the_last, compare, targets

HERE = [("office", "0001"), ("shop", "0001"), ("shop", "0002"), ("shop", "0003")]
ROWS = {"listings": [["1", "a"], ["2", "b"]]}


def test_nothing_lost_is_fine_and_more_is_no_fault():
    compare(ROWS, {"listings": [["1", "a"], ["2", "b"], ["3", "c"]]}, "going back")


@pytest.mark.parametrize("after", [[["1", "a"]], [["1", "a"], ["2", "other"]]])
def test_lost_or_changed_listing_is_said(after):
    with pytest.raises(TrialError, match=r"going back lost or changed 1 of 2 listings\."):
        compare(ROWS, {"listings": after}, "going back")


def test_it_goes_back_by_one_migration_and_leaves_first_ones():
    there = before_the_last(HERE)
    assert there == [("office", "0001"), ("shop", "0001"), ("shop", "0002")]
    assert targets(HERE, there) == [("shop", "0002")]


def test_app_that_the_old_code_did_not_have_goes_altogether():
    assert targets(HERE, [("shop", "0001")]) == [("office", "zero"), ("shop", "0001")]


def test_unknown_commit_is_one_line(tmp_path):
    with pytest.raises(TrialError, match="There is no commit “no-such-tag”"):
        upgrade_trial.checked_out("no-such-tag", tmp_path)
