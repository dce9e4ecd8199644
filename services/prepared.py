"""A question to the database that Django writes once: writing it takes longer than answering it.

For what nearly every request asks. Nothing is converted: only texts and numbers come back as they
were saved, an id as each database keeps it.
"""

import functools

from django.db import connections, router

#: Stands for the argument while the query is written; no slug or code holds it.
_ARGUMENT = "\ue000"


class Prepared:
    """The rows of a queryset of values of a model, which `make` returns for one argument.

    The argument is a text, or a number where `stands` is one that is never asked for. Asked where the
    site would read the model: from the primary database or its replica.
    """

    def __init__(self, model, make, stands=_ARGUMENT):
        self._model, self._make, self._stands = model, make, stands
        self._written = functools.cache(self._write)

    def rows(self, argument=None):
        """Every row for this argument, as tuples. One query."""
        alias = router.db_for_read(self._model)
        sql, parameters = self._written(alias)
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, [argument if one == self._stands else one for one in parameters])
            return cursor.fetchall()

    def first(self, argument=None):
        """The first row, or None."""
        return next(iter(self.rows(argument)), None)

    def _write(self, alias):
        return self._make(self._stands).using(alias).query.get_compiler(alias).as_sql()
