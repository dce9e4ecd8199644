"""The rows of a relation as one text of JSON beside each row: a query where there would be a dozen."""

import datetime
import uuid

import orjson
from django.db.models import CharField, Subquery, TextField
from django.db.models.functions import Cast, JSONArray


class JSONRows(Subquery):
    """A list of lists, in the order of the queryset, which refers to the outer row by `OuterRef`."""

    template = "(SELECT json_group_array(json(_row)) FROM (%(subquery)s) AS _rows)"
    output_field = TextField()

    def __init__(self, queryset, *columns):
        super().__init__(queryset.values(_row=JSONArray(*columns)))

    def as_postgresql(self, compiler, connection, **context):
        template = "(SELECT coalesce(json_agg(_row), '[]')::text FROM (%(subquery)s) AS _rows)"
        return self.as_sql(compiler, connection, template=template, **context)


#: What gives back the rows of such a text.
loads = orjson.loads


def moment(text):
    """An aware moment as a database writes it as text; SQLite leaves out that it is UTC."""
    found = datetime.datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def id_of(text):
    """An id as a database writes it into JSON; SQLite leaves out the dashes."""
    return uuid.UUID(text)


def id_as_text(name):
    """An id cast to text in the database: thousands of them need not become objects first."""
    return Cast(name, CharField())


def text_of_id(text):
    """An id that was cast to text, as Python writes it; SQLite leaves out the dashes."""
    if len(text) == 36:
        return text
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def value_of(found):
    """A JSON field within JSON, which SQLite writes as text."""
    return orjson.loads(found) if isinstance(found, str) else found
