"""Parameters of a request, read strictly: from the address, or from the body of a search by POST.

A value that is not understood, a name that is not known and a value given twice are refused with
problem details that name the parameter: a filter that is silently ignored looks like an answer.
"""

import datetime
import re

from django.conf import settings
from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from services.api.problems import Problem

PER_PAGE = 50
MOST_PER_PAGE = 1000
LAST_PAGE = 999_999
#: What can be written without a byte that no database takes.
TEXT = r"^[^\u0000]*$"
UUID = re.compile(r"\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_MONTHS = (
    r"((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    r"|02-(0[1-9]|1[0-9]|2[0-8]))"
)
_TIME = r"T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
_OFFSET = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])?"
#: A day or a moment, in this century or the one before.
MOMENT = rf"^(19|20)[0-9]{{2}}-{_MONTHS}({_TIME}{_OFFSET})?$"


class Parameters(serializers.Serializer):
    """The parameters that a request may have. Fields that take several values are lists."""

    #: Every list, page and item is to be had in each language of the site.
    lang = serializers.ChoiceField(
        choices=[code for code, _name in settings.LANGUAGES],
        required=False,
        help_text="Language of the words; else Accept-Language decides.",
    )

    @classmethod
    def read(cls, request):
        """The values by name; raises a 400 `Problem`."""
        form = cls(data=_given(request, cls().fields))
        if not form.is_valid():
            raise _refusal(form)
        return dict(form.validated_data)


def _given(request, fields):
    """The value or values of each parameter, from the address and, by POST, from the body."""
    found = dict(request.query_params.lists())
    for name, values in _body(request).items():
        if name in found:
            raise Problem(400, f"“{name}” is given twice.", field=name)
        found[name] = values
    for name in found:
        if name not in fields:
            shown = "".join(c for c in str(name)[:40] if c.isprintable())
            raise Problem(400, "There is no such parameter.", field=shown, allowed=sorted(fields))
    return {name: _value(name, values, fields[name]) for name, values in found.items()}


def _body(request):
    if request.method != "POST":
        return {}
    data = request.data
    if hasattr(data, "lists"):
        return dict(data.lists())
    if not isinstance(data, dict):
        raise Problem(400, "The body must be a JSON object of parameters.", field="body")
    return data


def _value(name, values, field):
    several = isinstance(field, serializers.ListField)
    if several or not isinstance(values, list):
        return values
    if len(values) != 1:
        raise Problem(400, f"“{name}” takes one value.", field=name)
    return values[0]


def _refusal(form):
    name, messages = next(iter(form.errors.items()))
    field = form.fields.get(name)
    field = getattr(field, "child", field)
    choices = getattr(field, "choices", None)
    return Problem(
        400,
        f"“{name}” cannot be read.",
        field=name,
        detail=_first(messages),
        allowed=list(choices) if choices else None,
    )


def _first(messages):
    """The first message of a field's errors, which of a list are by position."""
    while isinstance(messages, (dict, list)):
        messages = next(iter(messages.values() if isinstance(messages, dict) else messages))
    return str(messages)


@extend_schema_field(OpenApiTypes.BOOL)
class Flag(serializers.ChoiceField):
    """`true` or `false`, as a word or, in a body, as JSON has it."""

    def __init__(self, **kwargs):
        super().__init__(choices=["true", "false"], **kwargs)

    def to_internal_value(self, data):
        word = str(data).lower() if isinstance(data, bool) else data
        return super().to_internal_value(word) == "true"


class WholeNumber(serializers.IntegerField):
    """A number of plain digits."""

    def to_internal_value(self, data):
        plain = isinstance(data, int) and not isinstance(data, bool)
        if not plain and not (isinstance(data, str) and re.fullmatch(r"-?[0-9]{1,9}", data)):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(OpenApiTypes.UUID)
class Id(serializers.RegexField):
    """An id as it is written here: 36 characters with hyphens."""

    def __init__(self, **kwargs):
        super().__init__(UUID, **kwargs)


@extend_schema_field({"type": "string", "maxLength": 200, "pattern": TEXT})
class SearchText(serializers.CharField):
    """Words to look for; without any, nothing is looked for."""

    def __init__(self, **kwargs):
        super().__init__(max_length=200, allow_blank=True, **kwargs)


@extend_schema_field({"type": "string", "pattern": MOMENT, "example": "2026-01-31T18:30:00Z"})
class Moment(serializers.CharField):
    """A day or a moment of ISO 8601; without an offset it is UTC."""

    def to_internal_value(self, data):
        # An address turns the plus of an offset into a space.
        text = super().to_internal_value(data).replace(" ", "+")
        if not re.fullmatch(MOMENT.replace("(0[1-9]|1[0-9]|2[0-8])", "(0[1-9]|[12][0-9])"), text):
            raise serializers.ValidationError("Write it like 2026-01-31T18:30:00Z.")
        try:
            return _moment(text)
        except ValueError as error:
            raise serializers.ValidationError("There is no such day.") from error


def _moment(text):
    if "T" not in text:
        return datetime.datetime.combine(parse_date(text), datetime.time(), datetime.UTC)
    moment = parse_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


class Paged(Parameters):
    """What every list takes."""

    page = WholeNumber(min_value=1, max_value=LAST_PAGE, default=1, help_text="From 1.")
    per_page = WholeNumber(
        min_value=1,
        max_value=MOST_PER_PAGE,
        required=False,
        help_text=f"Items on a page; {PER_PAGE} unless said otherwise.",
    )
