"""What is worked out is kept, a little of it, while its key stands."""

from services.kept import Kept


def test_a_value_is_made_once_for_a_key():
    kept, made = Kept(most=2), []

    def make():
        made.append(1)
        return "value"

    assert kept.get("key", make) == kept.get("key", make) == "value"
    assert len(made) == 1


def test_the_one_unused_for_longest_goes_first():
    kept = Kept(most=2)
    kept.get("first", lambda: 1)
    kept.get("second", lambda: 2)
    kept.peek("first")
    kept.get("third", lambda: 3)
    assert [kept.peek(key) for key in ("first", "second", "third")] == [1, None, 3]
