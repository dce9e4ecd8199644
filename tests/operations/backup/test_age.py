"""Files are sealed to a key: nothing is readable in them, and nothing can be changed unnoticed."""

import errno
import io

import pytest

from operations.backup import age
from operations.backup.errors import DamagedError, WrongKeyError
from tests.operations.backup.little import KEYS, PRIVATE, PUBLIC

PIECE = 64 * 1024
DATA = b"zanzibar7 " * 20_000


def sealed(data=DATA):
    target = io.BytesIO()
    age.encrypt([data[:7], b"", data[7:]], target, age.recipients(PUBLIC))
    return target.getvalue()


def opened(path, keys=KEYS):
    with age.decrypted(path, keys) as readable:
        return b"".join(iter(lambda: readable.read(1000), b""))


@pytest.fixture
def file(tmp_path):
    """A function that writes bytes to a file."""

    def written(data):
        path = tmp_path / "file.age"
        path.write_bytes(data)
        return path

    return written


def test_what_was_sealed_comes_out_again_and_is_not_readable_meanwhile(file):
    data = sealed()
    assert b"zanzibar7" not in data
    assert opened(file(data)) == DATA


def test_any_of_several_keys_opens_it(file):
    other, others_private = age.new_key()
    target = io.BytesIO()
    age.encrypt([DATA], target, age.recipients(f"{PUBLIC}, {other}"))
    assert opened(file(target.getvalue()), age.identities(others_private)) == DATA


def test_another_key_does_not(file):
    stranger = age.identities(age.new_key()[1])
    with pytest.raises(WrongKeyError, match="does not open this backup"):
        opened(file(sealed()), stranger)


@pytest.mark.parametrize("left", [0, 10, 150, 300, PIECE, 2 * PIECE, -1])
def test_a_file_that_is_cut_is_refused(file, left):
    with pytest.raises(DamagedError):
        opened(file(sealed()[:left]))


def test_a_file_that_is_cut_between_two_pieces_is_refused(file):
    data = sealed(bytes(3 * PIECE))
    with pytest.raises(DamagedError, match="cut or altered"):
        opened(file(data[: -PIECE - 16]))


@pytest.mark.parametrize("at", [300, PIECE, -1])
def test_a_file_with_one_other_byte_is_refused(file, at):
    data = bytearray(sealed())
    data[at] ^= 1
    # In the lines about the keys, whose length differs, it may be no such file at all.
    with pytest.raises(DamagedError, match=r"cut or altered|no backup"):
        opened(file(bytes(data)))


def test_what_is_no_such_file_is_said_to_be_none(file):
    with pytest.raises(DamagedError, match="no backup"):
        opened(file(b"SQLite format 3\0" * 100))


def test_who_stops_reading_is_left_in_peace(file):
    with age.decrypted(file(sealed()), KEYS) as readable:
        assert readable.read(10) == DATA[:10]


def test_what_fails_while_sealing_comes_out_as_it_was():
    def chunks():
        yield DATA
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left") as caught:
        age.encrypt(chunks(), io.BytesIO(), age.recipients(PUBLIC))
    assert caught.value.errno == errno.ENOSPC


@pytest.mark.parametrize("data", [b"short", DATA])
def test_a_disk_that_takes_nothing_more_is_noticed_with_the_last_bytes_too(data):
    class Full(io.BytesIO):
        def write(self, _data):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        age.encrypt([data], Full(), age.recipients(PUBLIC))


def test_a_key_file_may_hold_comments():
    assert len(age.identities(f"# created: today\n\n{PRIVATE}\n")) == 1


@pytest.mark.parametrize(
    "text",
    ["", "# nothing", PUBLIC, PRIVATE[:-1], "zanzibar7"],
    ids=["empty", "comment", "public", "cut", "word"],
)
def test_a_private_key_that_cannot_be_read_is_not_quoted(text):
    with pytest.raises(WrongKeyError) as caught:
        age.identities(text)
    assert PRIVATE[20:40] not in str(caught.value)
    assert "zanzibar7" not in str(caught.value)


def test_a_private_key_in_the_place_of_the_public_one_is_not_quoted():
    with pytest.raises(WrongKeyError, match="begins with age1") as caught:
        age.recipients(PRIVATE)
    assert PRIVATE[20:40] not in str(caught.value)
