"""Boxes open with their key, for their purpose and their row alone."""

import pytest

from services import at_rest
from tests.services.sealed.conftest import KEYS

VALUES = {"street": "Quay 1", "latitude": 50.123457, "list": [1, "é"]}


@pytest.mark.parametrize("values", [VALUES, VALUES | {"note": "long " * 1000}])
def test_a_box_opens(values):
    box = at_rest.seal("services.location", "row", values)
    assert at_rest.opened("services.location", "row", box) == values
    assert "Quay" not in box


@pytest.mark.parametrize(
    ("purpose", "bound"), [("services.phone", "row"), ("services.location", "other")]
)
def test_a_box_of_another_column_or_row_does_not(purpose, bound):
    box = at_rest.seal("services.location", "row", VALUES)
    with pytest.raises(at_rest.CannotOpenError):
        at_rest.opened(purpose, bound, box)


@pytest.mark.parametrize("broken", [lambda box: box[:-4], lambda box: box[:40] + "AAAA" + box[44:]])
def test_a_damaged_box_does_not(broken):
    box = at_rest.seal("services.location", "row", VALUES)
    with pytest.raises(at_rest.CannotOpenError):
        at_rest.opened("services.location", "row", broken(box))


def test_the_newest_key_seals_and_older_ones_open(settings):
    settings.SEALING_KEYS = KEYS[:1]
    old = at_rest.seal("services.location", "row", VALUES)
    settings.SEALING_KEYS = (KEYS[1], KEYS[0])
    assert at_rest.opened("services.location", "row", old) == VALUES
    assert not old.startswith(at_rest.newest_prefix())
    assert at_rest.seal("services.location", "row", VALUES).startswith(at_rest.newest_prefix())
    settings.SEALING_KEYS = KEYS[1:2]
    with pytest.raises(at_rest.CannotOpenError):
        at_rest.opened("services.location", "row", old)


def test_the_length_tells_little():
    lengths = {len(at_rest.seal("p", "row", {"street": "x" * n})) for n in range(1, 90)}
    assert len(lengths) == 1
