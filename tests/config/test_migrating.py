"""Indexes and checks that are made while the site serves, on each database."""

import pytest
from django.db import IntegrityError, NotSupportedError, connection, migrations, models
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext

from config import migrating

pytestmark = pytest.mark.django_db(transaction=True)

INDEX = models.Index(fields=["size"], name="shelf_size_index")
CHECK = models.CheckConstraint(condition=models.Q(size__gt=0), name="shelf_size_check")
TABLE = "shop_shelf"


def state_of(options):
    state = ProjectState()
    fields = [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField())]
    migrations.CreateModel("Shelf", fields, options).state_forwards("shop", state)
    return state


@pytest.fixture
def table(db):
    """A function that makes a table with a row in it; the state it is in."""
    made = []

    def make(options=None):
        made.append(state_of(options or {}))
        with connection.schema_editor() as editor:
            editor.create_model(made[0].apps.get_model("shop", "Shelf"))
        made[0].apps.get_model("shop", "Shelf").objects.create(size=1)
        return made[0]

    yield make
    for state in made:
        with connection.schema_editor() as editor:
            editor.delete_model(state.apps.get_model("shop", "Shelf"))


def forwards(operation, state):
    """The state after the operation."""
    after = state.clone()
    operation.state_forwards("shop", after)
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("shop", editor, state, after)
    return after


def backwards(operation, before, after):
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards("shop", editor, after, before)


def constraints():
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, TABLE))


def rows():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {TABLE}")
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        (migrating.AddIndexWhileServing("shelf", INDEX), INDEX.name),
        (migrating.AddCheckWhileServing("shelf", CHECK), CHECK.name),
    ],
)
def test_it_comes_and_goes_and_no_row_is_lost(table, operation, name):
    before = table()
    after = forwards(operation, before)
    assert name in constraints()
    backwards(operation, before, after)
    assert name not in constraints()
    assert rows() == 1


def test_index_goes_and_comes_back(table):
    operation = migrating.RemoveIndexWhileServing("shelf", INDEX.name)
    before = table({"indexes": [INDEX]})
    after = forwards(operation, before)
    assert INDEX.name not in constraints()
    backwards(operation, before, after)
    assert INDEX.name in constraints()


def test_check_holds_for_rows_old_and_new(table):
    before = table()
    forwards(migrating.AddCheckWhileServing("shelf", CHECK), before)
    with pytest.raises(IntegrityError):
        before.apps.get_model("shop", "Shelf").objects.create(size=0)


def test_check_that_old_rows_break_is_refused(table):
    before = table()
    before.apps.get_model("shop", "Shelf").objects.create(size=0)
    with pytest.raises(IntegrityError):
        forwards(migrating.AddCheckWhileServing("shelf", CHECK), before)
    assert rows() == 2


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (migrating.AddIndexWhileServing("shelf", INDEX), "CREATE INDEX CONCURRENTLY"),
        (migrating.AddCheckWhileServing("shelf", CHECK), "NOT VALID"),
    ],
)
def test_postgresql_locks_nobody_out_and_may_be_interrupted(table, operation, words):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one at a time, whatever is done.")
    before = table()
    forwards(operation, before)
    with CaptureQueriesContext(connection) as queries:
        forwards(operation, before)
    assert any(words in query["sql"] for query in queries)


def test_transaction_around_it_is_refused(table):
    before = table()
    operation = migrating.AddIndexWhileServing("shelf", INDEX)
    with connection.schema_editor(atomic=True) as editor, pytest.raises(NotSupportedError):
        operation.database_forwards("shop", editor, before, before)


def test_rows_come_in_batches_each_of_them_once(table):
    state = table()
    shelves = state.apps.get_model("shop", "Shelf").objects
    shelves.bulk_create(shelves.model(size=size) for size in range(2, 8))
    batches = []

    @migrating.in_batches("shop", "Shelf", size=3)
    def note(rows):
        batches.append([row.size for row in rows])

    forwards(migrations.RunPython(note), state)
    assert batches == [[1, 2, 3], [4, 5, 6], [7]]


def test_batches_that_were_done_stay_when_a_later_one_fails(table):
    state = table()
    shelves = state.apps.get_model("shop", "Shelf").objects
    shelves.create(size=2)

    @migrating.in_batches("shop", "Shelf", size=1)
    def double(rows):
        shelves.filter(pk=rows[0].pk).update(size=10)
        assert rows[0].size == 1

    with pytest.raises(AssertionError):
        forwards(migrations.RunPython(double), state)
    assert list(shelves.order_by("pk").values_list("size", flat=True)) == [10, 2]
