"""Parameters of a request, read strictly: from the address, or from the body of a search by POST.

A value that is not understood, a name that is not known and a value given twice are refused with
problem details that name the parameter: a filter that is silently ignored looks like an answer.
Each kind of value says in its `schema` just what it takes; the OpenAPI document shows that.
"""

import datetime
import functools
import re

from django.conf import settings
from django.utils.dateparse import parse_date, parse_datetime
from rest_framework import serializers

from services.api.problems import Problem

PER_PAGE = 50
MOST_PER_PAGE = 500
LAST_PAGE = 999_999
#: Values that one parameter takes at most.
MOST_VALUES = 40
UUID = re.compile(r"\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
#: What can be written without a byte that no database takes.
TEXT = r"[^\u0000]*"
SLUG = r"[-a-zA-Z0-9_]{1,50}"
DAY_OF_YEAR = (
    r"((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    r"|02-(0[1-9]|1[0-9]|2[0-8]))"
)
LEAP_DAY = r"20([02468][048]|[13579][26])-02-29"
TIME_OF_DAY = r"T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
OFFSET = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])?"
#: A day or a moment, in this century or the one before.
MOMENT = (
    rf"((19|20)[0-9]{{2}}-{DAY_OF_YEAR}|{LEAP_DAY}|19(0[48]|[2468][048]|[13579][26])-02-29)"
    rf"({TIME_OF_DAY}{OFFSET})?"
)
#: A moment in this century.
TIME = rf"(20[0-9]{{2}}-{DAY_OF_YEAR}|{LEAP_DAY}){TIME_OF_DAY}{OFFSET}"


class Flag(serializers.BooleanField):
    """`true` or `false`."""

    choices = (True, False)
    schema = {"type": "boolean"}

    def of_word(self, word):
        return {"true": True, "false": False}.get(word, word)

    def to_internal_value(self, data):
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class WholeNumber(serializers.IntegerField):
    """A number of plain digits."""

    def of_word(self, word):
        return int(word) if re.fullmatch(r"-?[0-9]{1,9}", word) else word

    def to_internal_value(self, data):
        # To JSON 2.0 is a whole number.
        whole = data.is_integer() if isinstance(data, float) else isinstance(data, int)
        if not whole or isinstance(data, bool):
            self.fail("invalid")
        return int(data)

    @property
    def schema(self):
        return {"type": "integer", "minimum": self.min_value, "maximum": self.max_value}


class Number(serializers.FloatField):
    """A number, with a point if need be."""

    def of_word(self, word):
        return float(word) if re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,20})?", word) else word

    def to_internal_value(self, data):
        if isinstance(data, bool) or not isinstance(data, (int, float)):
            self.fail("invalid")
        return data

    @property
    def schema(self):
        return {"type": "number", "minimum": self.min_value, "maximum": self.max_value}


class Choice(serializers.ChoiceField):
    """One of a few words."""

    #: What was sent is not said again: it may tell about a person.
    default_error_messages = {"invalid_choice": "It is none of the words allowed."}

    def of_word(self, word):
        return word

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid_choice", input="")
        return super().to_internal_value(data)

    @property
    def schema(self):
        return {"type": "string", "enum": list(self.choices)}


class Text(serializers.CharField):
    """Text of a `pattern`, taken as it is written."""

    pattern = TEXT
    default_error_messages = {"pattern": "It is not written as it must be."}

    def __init__(self, **kwargs):
        super().__init__(trim_whitespace=False, **kwargs)

    def of_word(self, word):
        return word

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        if not re.fullmatch(self.pattern, data):
            self.fail("pattern")
        return data

    @property
    def schema(self):
        most = {"maxLength": self.max_length} if self.max_length else {}
        return {"type": "string", "pattern": f"^({self.pattern})$", **most}


class Slug(Text):
    """What stands for a thing in an address."""

    pattern = SLUG


class Id(Text):
    """An id as it is written here: 36 characters with hyphens."""

    pattern = UUID.pattern.removeprefix(r"\A").removesuffix(r"\Z")
    schema = {"type": "string", "format": "uuid"}


class SearchText(Text):
    """Words to look for; without any, nothing is looked for."""

    def __init__(self, **kwargs):
        super().__init__(max_length=200, allow_blank=True, **kwargs)


class Time(Text):
    """A moment of ISO 8601, as it is written."""

    pattern = TIME
    default_error_messages = {"pattern": "Write it like 2030-01-31T18:30."}

    def of_word(self, word):
        # An address turns the plus of an offset into a space.
        return word.replace(" ", "+")


class Moment(Time):
    """A day or a moment of ISO 8601; without an offset it is UTC."""

    pattern = MOMENT
    default_error_messages = {"pattern": "Write it like 2026-01-31T18:30:00Z."}

    def to_internal_value(self, data):
        text = super().to_internal_value(data)
        if "T" not in text:
            return datetime.datetime.combine(parse_date(text), datetime.time(), datetime.UTC)
        moment = parse_datetime(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


class Codes(serializers.ListField):
    """Several codes of a vocabulary; `known` says which there are."""

    child = serializers.CharField(trim_whitespace=False)

    def __init__(self, known, **kwargs):
        self.known = known
        super().__init__(max_length=MOST_VALUES, **kwargs)

    @property
    def schema(self):
        codes = {"type": "string", "enum": list(self.known())}
        return {"type": "array", "items": codes, "maxItems": self.max_length}


class Parameters(serializers.Serializer):
    """The parameters that a request may have. Fields that take several values are lists."""

    #: Every list, page and item is to be had in each language of the site.
    lang = Choice(
        choices=[code for code, _name in settings.LANGUAGES],
        required=False,
        help_text="Language of the words; else Accept-Language decides.",
    )

    @classmethod
    def read(cls, request):
        """The values by name; raises a 400 `Problem`."""
        form = _form_of(cls)
        try:
            return dict(form.run_validation(_given(request, form.fields)))
        except serializers.ValidationError as error:
            raise _refusal(form, error.detail) from error


@functools.cache
def _form_of(parameters):
    """The fields of a class of parameters, made once: making them takes longer than reading them."""
    return parameters()


def _given(request, fields):
    """The value or values of each parameter, from the address and, by POST, from the body."""
    words, data = dict(request.query_params.lists()), _body(request)
    for name in data:
        if name in words:
            raise Problem(400, f"“{name}” is given twice.", field=name)
    if hasattr(data, "lists"):
        words, data = words | dict(data.lists()), {}
    for name in (*words, *data):
        if name not in fields:
            shown = "".join(c for c in str(name)[:40] if c.isprintable())
            raise Problem(400, "There is no such parameter.", field=shown, allowed=sorted(fields))
    return {name: _value(name, found, fields[name]) for name, found in words.items()} | data


def _body(request):
    """A JSON object, whose values have a type, or a form, whose values are words."""
    if request.method != "POST":
        return {}
    if not isinstance(request.data, dict):
        raise Problem(400, "The body must be a JSON object of parameters.", field="body")
    return request.data


def _value(name, words, field):
    """The words of an address or a form as the value that JSON would have."""
    if isinstance(field, serializers.ListField):
        return words
    if len(words) != 1:
        raise Problem(400, f"“{name}” takes one value.", field=name)
    return field.of_word(words[0])


def _refusal(form, errors):
    name, messages = next(iter(errors.items()))
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


class Paged(Parameters):
    """What every list takes."""

    page = WholeNumber(min_value=1, max_value=LAST_PAGE, default=1, help_text="From 1.")
    per_page = WholeNumber(
        min_value=1,
        max_value=MOST_PER_PAGE,
        required=False,
        help_text=f"Items on a page; {PER_PAGE} unless said otherwise.",
    )
