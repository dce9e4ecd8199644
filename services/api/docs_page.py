"""The OpenAPI document as a page: every address with what it takes and answers, without a script."""

import json
import re
import shlex
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.text import slugify

from services.api.answers import JSON, NDJSON
from services.api.openapi import FORM, TAGS

#: So many codes are named where a parameter is described; of more, their number and the first.
NAMED = 8


@dataclass(frozen=True)
class Parameter:
    """One parameter: what it takes in words, and every code where there are too many for that."""

    name: str
    required: bool
    takes: str
    default: str
    about: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Example:
    """What something looks like."""

    summary: str
    text: str


@dataclass(frozen=True)
class Endpoint:
    """One address."""

    anchor: str
    method: str
    path: str
    summary: str
    about: str
    parameters: list[Parameter]
    by_post: bool
    curls: list[str]
    bodies: list[Example] = field(default_factory=list)
    answers: list[Example] = field(default_factory=list)
    refusals: list[tuple[str, str]] = field(default_factory=list)
    streams: bool = False


@dataclass(frozen=True)
class Part:
    """The addresses of one kind."""

    anchor: str
    name: str
    about: str
    endpoints: list[Endpoint]


def parts(document, base):
    """The `Part`s of a document; `base` is where the site is, for the examples."""
    page = _Page(document, base)
    return [
        Part(slugify(tag), tag, about, list(page.endpoints(tag))) for tag, _start, about in TAGS
    ]


class _Page:
    def __init__(self, document, base):
        self._document, self._base = document, base.rstrip("/")

    def endpoints(self, tag):
        for path, methods in self._document["paths"].items():
            if tag in next(iter(methods.values()))["tags"]:
                yield from (self._endpoint(path, together) for together in _apart(methods))

    def _endpoint(self, path, methods):
        method, operation = next(iter(methods.items()))
        parameters = [self._found(one) for one in operation.get("parameters", ())]
        content = _success(operation).get("content", {})
        bodies = self._examples(methods.get("post", {}).get("requestBody", {}).get("content", {}))
        return Endpoint(
            anchor=operation["operationId"],
            method=method.upper(),
            path=path,
            summary=operation["summary"],
            about=with_code(operation.get("description", "")),
            parameters=[_parameter(one) for one in parameters if one["in"] != "header"],
            by_post=method == "get" and "post" in methods,
            curls=self._curls(path, methods, parameters, bodies),
            bodies=bodies,
            answers=self._examples(content),
            refusals=self._refusals(methods),
            streams=NDJSON in content,
        )

    def _found(self, part):
        """What a reference stands for."""
        if "$ref" not in part:
            return part
        found = self._document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return found

    def _examples(self, content):
        first = next((one for media, one in content.items() if media != NDJSON), {})
        found = [self._found(one) for one in first.get("examples", {}).values()]
        return [Example(one["summary"], _pretty(one["value"])) for one in found]

    def _refusals(self, methods):
        """(status, words) of whatever method of an address."""
        found = {
            status: with_code(self._found(answer)["description"])
            for operation in methods.values()
            for status, answer in operation["responses"].items()
            if not status.startswith(("2", "3"))
        }
        return sorted(found.items())

    def _curls(self, path, methods, parameters, bodies):
        """A command for each method of which there is something to show."""
        shown = {one["name"]: one["schema"].get("example", "…") for one in parameters}
        for name in re.findall(r"{(\w+)}", path):
            path = path.replace(f"{{{name}}}", shown[name])
        address = self._base + path
        key = _KEY if {} not in next(iter(methods.values()))["security"] else ""
        found = [f"curl {key}'{address}{_asked(parameters)}'"] if "get" in methods else []
        by_post = [_by_post(address, one, key) for one in bodies[:1]]
        if by_post or found:
            return found + by_post
        return [f"curl {key}-X {method.upper()} '{address}'" for method in methods]


#: How a key is sent, where one is needed.
_KEY = "-H 'Authorization: Api-Key …' "


def _apart(methods):
    """The methods of an address, each alone; a search by POST goes with the one by GET."""
    post = methods.get("post", {})
    if "get" in methods and FORM in post.get("requestBody", {}).get("content", {}):
        return [{name: methods[name] for name in ("get", "post")}]
    return [{name: operation} for name, operation in methods.items()]


def _success(operation):
    return next(one for status, one in operation["responses"].items() if status.startswith("2"))


def _asked(parameters):
    """The query of an example: what is needed, and the rest only where there is little."""
    query = [one for one in parameters if one["in"] == "query"]
    shown = {one["name"]: one["example"] for one in query if "example" in one}
    needed = {one["name"] for one in query if one.get("required")}
    chosen = {name: shown[name] for name in shown if name in needed or len(shown) < 3}
    return f"?{urlencode(chosen, doseq=True)}" if chosen else ""


def _by_post(address, body, key):
    sent = json.dumps(json.loads(body.text), ensure_ascii=False)
    return f"curl {key}'{address}' -H 'Content-Type: {JSON}' -d {shlex.quote(sent)}"


def _parameter(one):
    schema = one["schema"]
    codes = _codes(schema)
    return Parameter(
        name=one["name"],
        required=one.get("required", False),
        takes=takes(schema, one.get("example")),
        default=_pretty(schema["default"]) if "default" in schema else "",
        about=with_code(one.get("description", "")),
        codes=tuple(codes) if len(codes) > NAMED else (),
    )


def with_code(text):
    """Words for a page, with what stands between backticks marked as code."""
    parts = str(text).split("`")
    marked = (
        format_html("<code>{}</code>", part) if number % 2 else conditional_escape(part)
        for number, part in enumerate(parts)
    )
    return mark_safe("".join(marked))  # noqa: S308  (every part is escaped above)


def _codes(schema):
    return schema.get("items", schema).get("enum", [])


def takes(schema, example=None):
    """What a schema takes, in a few words; of text an example says more."""
    if schema["type"] == "array":
        return f"one or several: {takes(schema['items'])}"
    if "enum" in schema:
        codes = schema["enum"]
        return " | ".join(codes) if len(codes) <= NAMED else f"one of {len(codes)} codes"
    if "minimum" in schema and "maximum" in schema:
        return f"{schema['minimum']} to {schema['maximum']}"
    words = _FORMATS.get(schema.get("format"), _KINDS[schema["type"]])
    return f"{words}, such as {example}" if schema["type"] == "string" and example else words


_FORMATS = {"uuid": "an id", "date": "a day", "date-time": "a moment", "uri": "an address"}
_KINDS = {
    "boolean": "true | false",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "object": "an object",
}


def _pretty(value):
    return json.dumps(value, ensure_ascii=False, indent=2)
