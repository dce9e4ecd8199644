"""Planted migrations, bad and good, on a table that old code is using."""

import pytest
from django.db import migrations, models
from django.db.migrations.state import ProjectState

from config import migrating
from operations.linting import linting, rules

INDEX = models.Index(fields=["name"], name="shelf_name")
CHECK = models.CheckConstraint(condition=models.Q(size__gt=0), name="shelf_size")
UNIQUE = models.UniqueConstraint(fields=["name"], name="shelf_unique")
REASON = "Nobody has ever written to this table, see the release notes."


def at_once(_apps, _schema_editor):
    pass


@migrating.in_batches("shop", "Shelf")
def nothing(_rows):
    pass


def shelf():
    """A table as an earlier release has made it."""
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=50)),
        ("size", models.IntegerField()),
        ("note", models.TextField(null=True)),
        ("level", models.IntegerField(db_default=1)),
    ]
    return migrations.CreateModel("Shelf", fields)


def judge(*operations, release="0.2.0", **attributes):
    """What is found in a migration of these operations."""
    state = ProjectState()
    shelf().state_forwards("shop", state)
    bases = (migrations.Migration,)
    migration = type("Migration", bases, {"operations": operations} | attributes)("0002", "shop")
    return linting.judge(migration, state, rules.numbers(release))


def add(name, field):
    return migrations.AddField("shelf", name, field)


def alter(name, field):
    return migrations.AlterField("shelf", name, field)


def apart(database=(), state=()):
    return migrations.SeparateDatabaseAndState(database, state)


BAD = {
    "rename of a field": (migrations.RenameField("shelf", "name", "title"), rules.RENAMES),
    "rename of a model": (migrations.RenameModel("Shelf", "Board"), rules.RENAMES),
    "rename of a table": (migrations.AlterModelTable("shelf", "board"), rules.RENAMES),
    "rename of a column": (
        alter("name", models.CharField(max_length=50, db_column="title")),
        rules.RENAMES,
    ),
    "dropped column": (migrations.RemoveField("shelf", "note"), rules.DROPS),
    "dropped table": (migrations.DeleteModel("Shelf"), rules.DROPS),
    "column without db_default": (
        add("colour", models.CharField(max_length=9, default="")),
        rules.NEEDS_DEFAULT,
    ),
    "db_default taken away": (alter("level", models.IntegerField()), rules.NEEDS_DEFAULT),
    "null forbidden": (alter("note", models.TextField(db_default="")), rules.NOT_NULL),
    "other type": (alter("size", models.BigIntegerField()), rules.NEW_TYPE),
    "shorter text": (alter("name", models.CharField(max_length=20)), rules.NEW_TYPE),
    "index": (migrations.AddIndex("shelf", INDEX), rules.INSTEAD.format("AddIndexWhileServing")),
    "index of a field": (
        alter("size", models.IntegerField(db_index=True)),
        rules.HAS_INDEX.format("AddIndexWhileServing"),
    ),
    "index of a relation": (
        add("over", models.ForeignKey("shop.shelf", models.CASCADE, null=True)),
        rules.HAS_INDEX.format("AddIndexWhileServing"),
    ),
    "unique field": (alter("size", models.IntegerField(unique=True)), rules.UNIQUE),
    "unique rule": (migrations.AddConstraint("shelf", UNIQUE), rules.UNIQUE),
    "check": (
        migrations.AddConstraint("shelf", CHECK),
        rules.INSTEAD.format("AddCheckWhileServing"),
    ),
    "index while serving, in a transaction": (
        migrating.AddIndexWhileServing("shelf", INDEX),
        rules.NOT_ATOMIC,
    ),
    "SQL without a reason": (
        migrations.RunSQL("DROP TABLE shop_shelf", migrations.RunSQL.noop),
        rules.SQL,
    ),
    "state without a column that rows need": (
        apart(state=[migrations.RemoveField("shelf", "size")]),
        rules.GONE_BUT_REQUIRED,
    ),
    "drop hidden in SeparateDatabaseAndState": (
        apart([migrations.RemoveField("shelf", "note")]),
        rules.DROPS,
    ),
    "operation that nobody knows": (
        migrations.AlterUniqueTogether("shelf", {("name", "size")}),
        rules.UNKNOWN,
    ),
}

GOOD = {
    "new table with all that belongs to it": (
        migrations.CreateModel("Book", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddField("book", "title", models.CharField(max_length=9, unique=True)),
        migrations.AddIndex("book", models.Index(fields=["title"], name="book_title")),
    ),
    "column that may be empty": (add("colour", models.TextField(null=True)),),
    "column with a db_default": (add("colour", models.TextField(db_default="")),),
    "relation without an index": (
        add("over", models.ForeignKey("shop.shelf", models.CASCADE, null=True, db_index=False)),
    ),
    "table of a relation": (add("near", models.ManyToManyField("shop.shelf")),),
    "other words for people": (
        alter("name", models.CharField("called", max_length=50, help_text="Short.")),
    ),
    "longer text": (alter("name", models.CharField(max_length=90)),),
    "text without an end": (alter("name", models.TextField()),),
    "null allowed": (alter("size", models.IntegerField(null=True)),),
    "column out of the state alone": (
        apart(state=[migrations.RemoveField("shelf", "note")]),
        apart(state=[migrations.RemoveField("shelf", "level")]),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_one_is_found(name):
    operation, words = BAD[name]
    (found,) = judge(operation)
    assert found.endswith(words)


@pytest.mark.parametrize("name", GOOD)
def test_good_one_is_not(name):
    assert judge(*GOOD[name]) == []


def test_what_is_found_names_the_operation():
    assert judge(migrations.RemoveField("shelf", "note"))[0].startswith(
        "Remove field note from shelf: "
    )


@pytest.mark.parametrize(
    "operation",
    [
        migrating.AddIndexWhileServing("shelf", INDEX),
        migrating.AddCheckWhileServing("shelf", CHECK),
        migrations.RunPython(nothing, nothing),
    ],
)
def test_step_by_step_needs_no_transaction_around_it(operation):
    assert judge(operation, atomic=False) == []
    assert judge(operation) == [f"{operation.describe()}: {rules.NOT_ATOMIC}"]


def test_rows_are_changed_apart_and_can_be_changed_back():
    one_way = migrations.RunPython(nothing)
    assert [words.partition(": ")[2] for words in judge(one_way, atomic=False)] == [
        rules.NO_WAY_BACK
    ]
    both = (add("colour", models.TextField(null=True)), migrations.RunPython(nothing, nothing))
    assert [words.partition(": ")[2] for words in judge(*both, atomic=False)] == [rules.MIXED]


def test_rows_are_changed_some_at_a_time():
    noop = migrations.RunPython.noop
    assert judge(migrations.RunPython(nothing, noop), atomic=False) == []
    for one in (migrations.RunPython(at_once, noop), migrations.RunPython(nothing, at_once)):
        (found,) = judge(one, atomic=False)
        assert found.endswith(rules.AT_ONCE)
        assert judge(one, atomic=False, safe_because=REASON) == []


def test_drop_is_fine_a_release_after_the_last_use():
    drop = migrations.RemoveField("shelf", "note")
    assert judge(drop, unused_since="0.1.0") == []
    assert judge(drop, unused_since="0.2.0") != []
    assert judge(drop, unused_since="0.9.0", release="0.10.0") == []


def test_sql_needs_a_reason_that_is_a_sentence():
    sql = migrations.RunSQL("SELECT 1", migrations.RunSQL.noop)
    assert judge(sql, safe_because=REASON) == []
    assert judge(sql, safe_because="It is.") != []
    assert judge(migrations.RunSQL("SELECT 1"), safe_because=REASON) == [
        f"Raw SQL operation: {rules.NO_WAY_BACK}"
    ]


def test_migrations_of_this_site_are_safe():
    assert [str(finding) for finding in linting.lint()] == []


def test_baseline_is_really_left_out_and_what_follows_is_not(monkeypatch):
    """Without the baseline there is something to find, and it has the migration's name."""
    monkeypatch.setattr(linting, "BASELINE", {"services": "0002_search_index"})
    found = {finding.migration for finding in linting.lint()}
    assert "services 0003_country_emergency" in found
    assert not found & {"services 0001_initial", "services 0002_search_index"}


def test_command_says_each_finding_and_fails(monkeypatch, capsys):
    from django.core.management import call_command

    call_command("lint_migrations")
    monkeypatch.setitem(linting.BASELINE, "services", "0007_signals")
    with pytest.raises(SystemExit) as end:
        call_command("lint_migrations")
    assert end.value.code == 1
    assert "services 0008_referrals: Add field may_refer to partnerkey: " in capsys.readouterr().err
