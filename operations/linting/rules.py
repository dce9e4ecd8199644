"""What each operation of a migration may do to a table that old code is using."""

import re
from dataclasses import dataclass, field

from django.contrib.postgres.operations import CreateExtension
from django.db import migrations, models
from django.db.models.fields import NOT_PROVIDED

from config import migrating

#: They change no table that old code uses, or wait for nobody.
HARMLESS = (
    CreateExtension,
    migrations.AlterModelManagers,
    migrations.AlterModelOptions,
    migrations.AlterOrderWithRespectTo,
    migrations.RemoveConstraint,
)
#: Names of the attributes of a migration by which it says what it has thought of.
UNUSED_SINCE, SAFE_BECAUSE = "unused_since", "safe_because"
#: A reason is a sentence.
REASON_LENGTH = 20

RENAMES = (
    "renames what old code reads by its old name. Add the new one, write both, and drop the old "
    "one a release later."
)
DROPS = (
    "drops what the release before still reads. Take it out of the state alone "
    "(SeparateDatabaseAndState) and drop it a release later, in a migration with "
    f'{UNUSED_SINCE} = "the release that stopped using it".'
)
NEEDS_DEFAULT = "adds a column that old code does not fill. Allow null, or give it a db_default."
GONE_BUT_REQUIRED = (
    "takes a column out of the state that rows cannot be written without. Allow null, or give it "
    "a db_default, first."
)
NOT_NULL = "forbids null, which the release before may still write, and reads the whole table."
NEW_TYPE = "changes the type of a column, which writes the whole table anew. Add another column."
HAS_INDEX = "makes an index under a lock. Leave it out of the field and add it by {}."
UNIQUE = (
    "adds a unique rule that old code does not know, by an index made under a lock. Look for "
    f"duplicates, make the index by RunSQL with CONCURRENTLY, and say {SAFE_BECAUSE}."
)
NOT_ATOMIC = "needs atomic = False, so that nothing is locked longer than a step takes."
NO_WAY_BACK = "cannot be undone. Give it a reverse, even one that does nothing."
AT_ONCE = (
    "may change a large table in one go. Use in_batches of config.migrating, or say why it need "
    f'not, {SAFE_BECAUSE} = "…".'
)
MIXED = "changes rows and tables in one migration. Make two."
SQL = (
    "is SQL, which nobody can judge but you: say in the migration why old code can live with "
    f'it, {SAFE_BECAUSE} = "…".'
)
UNKNOWN = "is an operation of which it is not known that old code can live with it."
INSTEAD = "locks the table while it reads it through. Use {} of config.migrating."


def numbers(version):
    """`0.10.2` as numbers that compare rightly."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


@dataclass
class Case:
    """A migration while it is judged: which tables it has made itself, that nobody uses yet."""

    migration: migrations.Migration
    release: tuple
    made: set = field(default_factory=set)

    def is_new(self, name):
        return name.lower() in self.made

    @property
    def may_drop(self):
        """Whether it says that nothing has used what it drops since a release before this one."""
        since = getattr(self.migration, UNUSED_SINCE, "")
        return bool(since) and numbers(since) < self.release

    @property
    def has_reason(self):
        return len(getattr(self.migration, SAFE_BECAUSE, "")) >= REASON_LENGTH


def judge(operation, case, before):
    """What is unsafe in one operation, as texts that begin with its description."""
    name = getattr(operation, "model_name", "")
    if isinstance(operation, HARMLESS) or (name and case.is_new(name)):
        return []
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        return _separate(operation, case, before)
    kind = next((kind for kind in _JUDGES if isinstance(operation, kind)), None)
    said = _JUDGES.get(kind, _unknown)(operation, case, before)
    return [f"{operation.describe()}: {words}" for words in said]


def _create(operation, case, _before):
    case.made.add(operation.name.lower())
    return []


def _rename(_operation, _case, _before):
    return [RENAMES]


def _drop(_operation, case, _before):
    return [] if case.may_drop else [DROPS]


def _add_field(operation, _case, _before):
    added = operation.field
    if added.many_to_many:
        return []
    said = [NEEDS_DEFAULT] if _is_required(added) else []
    return said + _new_index(None, added)


def _is_required(column):
    """Whether a row cannot be written by code that does not know the column."""
    return not column.null and column.db_default is NOT_PROVIDED and not column.generated


def _new_index(old, new):
    if new.unique and not (old and old.unique):
        return [UNIQUE]
    if new.db_index and not (old and old.db_index):
        return [HAS_INDEX.format("AddIndexWhileServing")]
    return []


def _alter_field(operation, case, before):
    key = (case.migration.app_label, operation.model_name_lower)
    old, new = before.models[key].fields[operation.name], operation.field
    said = [NOT_NULL] if old.null and not new.null else []
    if _type_of(old) != _type_of(new) and not _is_longer_text(old, new):
        said.append(NEW_TYPE)
    if old.db_default is not NOT_PROVIDED and _is_required(new):
        said.append(NEEDS_DEFAULT)
    if old.db_column != new.db_column:
        said.append(RENAMES)
    return said + _new_index(old, new)


def _type_of(column):
    """What decides the type of the column, without asking a database."""
    target = getattr(column, "remote_field", None) and column.remote_field.model
    digits = (getattr(column, "max_digits", None), getattr(column, "decimal_places", None))
    return (column.get_internal_type(), column.max_length, digits, target and str(target).lower())


def _is_longer_text(old, new):
    """A longer text costs nothing on PostgreSQL, and nothing at all on SQLite."""
    if not isinstance(old, models.CharField):
        return False
    if isinstance(new, models.CharField):
        return new.max_length is None or (old.max_length or 0) <= new.max_length
    return type(new) is models.TextField


def _add_index(_operation, _case, _before):
    return [INSTEAD.format("AddIndexWhileServing")]


def _remove_index(_operation, _case, _before):
    return [INSTEAD.format("RemoveIndexWhileServing")]


def _add_constraint(operation, case, _before):
    if isinstance(operation.constraint, models.CheckConstraint):
        return [INSTEAD.format("AddCheckWhileServing")]
    return [] if case.has_reason else [UNIQUE]


def _while_serving(_operation, case, _before):
    return [NOT_ATOMIC] if case.migration.atomic else []


def _run_python(operation, case, _before):
    others = (each for each in case.migration.operations if each is not operation)
    said = [] if operation.reversible else [NO_WAY_BACK]
    if case.migration.atomic:
        said.append(NOT_ATOMIC)
    if not all(isinstance(each, migrations.RunPython) for each in others):
        said.append(MIXED)
    if not (case.has_reason or _is_in_batches(operation)):
        said.append(AT_ONCE)
    return said


def _is_in_batches(operation):
    ways = (operation.code, operation.reverse_code)
    nothing = (None, migrations.RunPython.noop)
    return all(way in nothing or getattr(way, "is_in_batches", False) for way in ways)


def _run_sql(operation, case, _before):
    said = [] if case.has_reason or case.may_drop else [SQL]
    # What was dropped cannot come back; that is what a backup is for.
    return said if operation.reversible or case.may_drop else [*said, NO_WAY_BACK]


def _separate(operation, case, before):
    said = []
    for each in operation.database_operations:
        said += judge(each, case, before)
    for each in operation.state_operations:
        if isinstance(each, migrations.RemoveField):
            key = (case.migration.app_label, each.model_name_lower)
            if _is_required(before.models[key].fields[each.name]):
                said.append(f"{each.describe()}: {GONE_BUT_REQUIRED}")
    return said


def _unknown(_operation, case, _before):
    return [] if case.has_reason else [UNKNOWN]


#: The first kind that an operation is of decides: the special ones stand before the plain ones.
_JUDGES = {
    migrating.WhileServing: _while_serving,
    migrations.CreateModel: _create,
    migrations.RenameField: _rename,
    migrations.RenameModel: _rename,
    migrations.AlterModelTable: _rename,
    migrations.RemoveField: _drop,
    migrations.DeleteModel: _drop,
    migrations.AddField: _add_field,
    migrations.AlterField: _alter_field,
    migrations.AddIndex: _add_index,
    migrations.RemoveIndex: _remove_index,
    migrations.AddConstraint: _add_constraint,
    migrations.RunPython: _run_python,
    migrations.RunSQL: _run_sql,
}
