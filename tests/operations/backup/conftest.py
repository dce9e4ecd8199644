import contextlib

import pytest

from tests.operations.backup import little


@pytest.fixture
def empty(django_db_setup, tmp_path):
    """A function that makes a database without tables, of the kind that these tests run on."""
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(little.empty(tmp_path))


@pytest.fixture
def town(empty):
    """A database with three rows, a session and a migration."""
    return little.Little(empty()).make()


@pytest.fixture
def folder(tmp_path):
    """Where backups go."""
    made = tmp_path / "backups"
    made.mkdir()
    return made
