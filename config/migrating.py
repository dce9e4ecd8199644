"""Changes of large tables while the site serves: for migrations of every app, which set `atomic = False`.

Rows are changed by a function with `in_batches`. On PostgreSQL each of them lets others read and write meanwhile, and may be run again after it was
interrupted. SQLite writes one at a time whatever is done; there each is one transaction.
"""

import functools

from django.contrib.postgres.operations import NotInTransactionMixin
from django.db import migrations, transaction


class WhileServing(NotInTransactionMixin):
    """What the three have in common: the plain operation of Django on SQLite, steps on PostgreSQL."""

    atomic = False

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self._change(True, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self._change(False, app_label, schema_editor, from_state, to_state)

    def _change(self, is_forwards, app_label, schema_editor, from_state, to_state):
        self._ensure_not_in_transaction(schema_editor)
        way = "database_forwards" if is_forwards else "database_backwards"
        if schema_editor.connection.vendor != "postgresql":
            with transaction.atomic(schema_editor.connection.alias):
                getattr(super(), way)(app_label, schema_editor, from_state, to_state)
            return
        # A model is as it will be when something is added, and as it was when it is taken away.
        state = to_state if is_forwards == self.adds else from_state
        model = state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        if is_forwards == self.adds:
            self._add(schema_editor, model, state.models[app_label, self.model_name_lower])
        else:
            self._remove(schema_editor, model)


class _Index(WhileServing):
    def _add(self, schema_editor, model, state):
        # One that was interrupted leaves an index that serves nobody.
        self._remove(schema_editor, model)
        index = state.get_index_by_name(self._index_name)
        schema_editor.add_index(model, index, concurrently=True)

    def _remove(self, schema_editor, _model):
        name = schema_editor.quote_name(self._index_name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


class AddIndexWhileServing(_Index, migrations.AddIndex):
    """`AddIndex` that locks nobody out."""

    adds = True

    @property
    def _index_name(self):
        return self.index.name


class RemoveIndexWhileServing(_Index, migrations.RemoveIndex):
    """`RemoveIndex` that locks nobody out."""

    adds = False

    @property
    def _index_name(self):
        return self.name


class AddCheckWhileServing(WhileServing, migrations.AddConstraint):
    """`AddConstraint` for a check: it holds for new rows first, then the old ones are read through.

    What the release before writes must fulfil it.
    """

    adds = True

    def _add(self, schema_editor, model, _state):
        self._remove(schema_editor, model)
        table, name = map(schema_editor.quote_name, (model._meta.db_table, self.constraint.name))
        added = str(self.constraint.create_sql(model, schema_editor))
        schema_editor.execute(f"{added} NOT VALID", params=None)
        schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")

    def _remove(self, schema_editor, model):
        table, name = map(schema_editor.quote_name, (model._meta.db_table, self.constraint.name))
        schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")


def in_batches(app, model, size=500):
    """Makes a function of a list of rows one for `RunPython`: it is given them some at a time.

    Each batch is a transaction, in the order of the primary key. What was interrupted is run again
    from the first row, so a row that was changed before must come out the same.
    """

    def for_run_python(change):
        @functools.wraps(change)
        def run(apps, schema_editor):
            alias = schema_editor.connection.alias
            rows = apps.get_model(app, model)._base_manager.using(alias).order_by("pk")
            last = None
            while True:
                following = rows if last is None else rows.filter(pk__gt=last)
                with transaction.atomic(alias):
                    batch = list(following.select_for_update()[:size])
                    if not batch:
                        return
                    change(batch)
                last = batch[-1].pk

        run.is_in_batches = True
        return run

    return for_run_python
