"""The OpenAPI 3.1 document, made from the views: what each reads, answers and refuses.

A view says it in attributes (`services.api.base.ApiView` lists them); here they become operations.
"""

import functools

from django.db.models import Count, Max
from django.urls import Resolver404, resolve
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework.fields import empty as NOTHING  # noqa: N812

from services.api.answers import JSON, NDJSON
from services.api.outside import CONTENT_TYPE
from services.api.shapes import PROBLEM, Shape
from services.models import City

FORM = "application/x-www-form-urlencoded"
#: Tag, the beginning of its paths, and what it is; in the order of the document.
TAGS = (
    ("Directory", "/api/v1/", "The directory in our own words, filtered as the pages filter it."),
    ("Guide", "/api/v1/", "From the facts of a situation to an ordered plan. Nothing is kept."),
    (
        "Referrals",
        "/api/v1/",
        "A code, a service, a need, a state: never a person. For keys that may refer.",
    ),
    ("HSDS", "/api/hsds/", "The directory as HSDS 3.2: https://docs.openreferral.org/."),
    ("Open Referral UK", "/api/oruk/", "The same in the UK’s profile, version 3.0."),
)
ABOUT = """
Read the directory, make plans, refer. All but referrals is open without a key; a partner’s key, sent
as `Authorization: Api-Key …`, raises the limits. An address may end with a slash or not.

Parameters are read strictly: an unknown one, and one given twice, is refused with 400. A method that
an address does not have is refused with 405 and `Allow`, and what is not here with 404. Every refusal is
RFC 9457 problem details with `status`, `title` and, where it is about one, `field`.

Words come in the language of `lang`, else of `Accept-Language`; `Content-Language` says in which. Answers are
not to be stored by caches (`no-store`): ask again with `If-None-Match` and the `ETag` that you have.
"""

REFUSALS = {
    400: ("BadRequest", "A parameter or the body cannot be read."),
    401: ("WrongKey", "The key is wrong, revoked or expired, or missing where one is needed."),
    403: ("OutOfScope", "The key may not do this, or not in this city."),
    404: ("NotFound", "There is no such thing here, or none that you may know of."),
    406: ("NotAcceptable", "It is not to be had in a format that `Accept` names."),
    409: (
        "Conflict",
        "Values that do not go together, a cursor of somebody else, or a referral that stands otherwise.",
    ),
    413: ("TooLarge", "The body is larger than 64 KiB."),
    415: ("UnsupportedMediaType", "The body is neither JSON nor, in a search, a form."),
    429: ("TooManyRequests", "Too many requests in this minute."),
    503: ("NoDoors", "The directory of this city is empty. In an emergency call 112."),
}
REFUSAL_HEADERS = {401: "WWW-Authenticate", 429: "Retry-After"}
HEADERS = {
    "ETag": "What to send as `If-None-Match` next time.",
    "Content-Language": "The language of the words.",
    "Location": "Where it is to be read from now on.",
    "Retry-After": "Seconds until the next minute begins.",
    "WWW-Authenticate": "How a key is sent: `Api-Key`.",
}


class Schema(AutoSchema):
    """One operation, from the attributes of its view."""

    def get_operation(self, path, path_regex, path_prefix, method, registry):
        self.registry, self.path, self.method = registry, path, method
        operation = {
            "operationId": self._operation_id(),
            "summary": self._summary(),
            "description": self._description(),
            "tags": [self._tag()],
            "parameters": self._parameters(),
            "requestBody": self._request_body(),
            "security": self.get_auth(),
            "responses": self._responses(),
        }
        return {name: value for name, value in operation.items() if value}

    def _operation_id(self):
        verb = self._of_view("verb", "search" if self.is_post else "get")
        return _operation_id(verb, resolve(self.path).url_name)

    def _summary(self):
        words = self._of_view("summary", "") or self.view.__class__.__doc__
        return words.strip().split("\n")[0].rstrip(".")

    def _description(self):
        found = [self._of_view("about", "")]
        if self.is_search:
            found.append(
                "By POST the parameters stand in the body: no need in an address or a log."
            )
        return " ".join(filter(None, found))

    def _tag(self):
        by_path = (tag for tag, start, _about in TAGS if self.path.startswith(start))
        return self._of_view("tag", "") or next(by_path)

    def _parameters(self):
        found = [_path_id()] if "{id}" in self.path else []
        of_path = self._of_view("path_parameters", {})
        found += [_in_path(name, schema) for name, schema in of_path.items()]
        if self.method != "GET":
            return found
        shown = {}
        for values in reversed(self._of_view("request_examples", {}).values()):
            shown |= values
        found += [_query(name, field, shown) for name, field in self._fields().items()]
        return [*found, {"$ref": "#/components/parameters/IfNoneMatch"}]

    def _fields(self):
        parameters = self._of_view("parameters", None)
        takes_them = self.method == "GET" or (self.is_post and not self._of_view("body", None))
        return parameters().fields if parameters and takes_them else {}

    def _request_body(self):
        if not self.is_post or not (self.is_search or self._of_view("body", None)):
            return None
        shown = self._examples("Request", self._of_view("request_examples", {}))
        if not self.is_search:
            as_json = {"schema": self._made(self._of_view("body", None)), **shown}
            return {"required": True, "content": {JSON: as_json}}
        fields = self._fields()
        search = {"schema": self._made(Shape(f"{self.view.returns.name}Search", _body(fields)))}
        return {
            "required": any(field.required for field in fields.values()),
            "content": {JSON: search | shown, FORM: search},
        }

    def _responses(self):
        good = self._of_view("status", 200)
        statuses = [good, *([304] if self.method == "GET" else []), *self._refusals()]
        made = {good: self._answer, 304: self._unchanged}
        return {str(one): made.get(one, functools.partial(_refusal, one))() for one in statuses}

    def _answer(self):
        if self._of_view("returns", None) is None:
            return {"description": "It is done."}
        shown = self._examples("Answer", self._of_view("answer_examples", dict)())
        whole = {"schema": self._made(self._of_view("returns", None)), **shown}
        by_line = {"schema": {"type": "string"}}
        headers = ["ETag", "Content-Language"] if self._fields() else []
        headers += ["Location"] if self._of_view("status", 200) == 201 else []
        return {
            "description": "What was asked for.",
            **({"headers": _headers(*headers)} if headers else {}),
            "content": {
                one: by_line if one == NDJSON else whole for one in self._of_view("media", (JSON,))
            },
            **self._links(),
        }

    def _examples(self, kind, by_name):
        """Examples by what they show."""
        found = {}
        for number, (summary, value) in enumerate(by_name.items(), start=1):
            name = f"{self._example_name(kind)}{number}"
            example = {"summary": summary, "value": value}
            self._component(ResolvedComponent.EXAMPLE, name, example)
            found[name] = {"$ref": f"#/components/examples/{name}"}
        return {"examples": found} if found else {}

    def _example_name(self, kind):
        """What examples are called: by what is answered, where all methods answer the same."""
        if not hasattr(self.view, "by_method"):
            return f"{self.view.returns.name}{kind}"
        return self._operation_id().title().replace("_", "") + kind

    def _links(self):
        """From a list to its first item, or to what was made, where items have an address."""
        try:
            name = "" if "{id}" in self.path else resolve(f"{self.path}/{{id}}").url_name
        except Resolver404:
            return {}
        made = self._of_view("status", 200) == 201
        link = {
            "operationId": _operation_id("get", name),
            "parameters": {"id": f"$response.body#/{'id' if made else 'contents/0/id'}"},
            "description": "The whole of an item.",
        }
        return {"links": {"item": link}} if name else {}

    def _unchanged(self):
        return {"description": "You have just this already.", "headers": _headers("ETag")}

    def _refusals(self):
        found = {400, 401, 406, 429, *self._of_view("refuses", ())}
        found |= {404} if "{id}" in self.path else set()
        found |= {413, 415} if self.is_post else set()
        for status in found:
            name, words = REFUSALS[status]
            self._component(ResolvedComponent.RESPONSE, name, self._problem(status, words))
        return sorted(found)

    def _problem(self, status, words):
        header = REFUSAL_HEADERS.get(status)
        problem = {"type": "about:blank", "status": status, "title": words.rstrip(".")}
        content = {CONTENT_TYPE: {"schema": self._made(PROBLEM), "example": problem}}
        answer = {"description": words, "content": content}
        return answer | ({"headers": _headers(header)} if header else {})

    @property
    def is_post(self):
        return self.method == "POST"

    @property
    def is_search(self):
        """Whether it takes by POST what it takes by GET."""
        return self.is_post and bool(self._fields())

    def _of_view(self, name, default):
        """What a view says of itself, or of one of its methods."""
        of_method = getattr(self.view, "by_method", {}).get(self.method, {})
        return of_method.get(name, getattr(self.view, name, default))

    def _made(self, schema):
        """A schema with its shapes referred to, each of which becomes a component."""
        if isinstance(schema, Shape):
            self._component(ResolvedComponent.SCHEMA, schema.name, self._made(schema.schema))
            return {"$ref": f"#/components/schemas/{schema.name}"}
        if isinstance(schema, dict):
            return {name: self._made(part) for name, part in schema.items()}
        return [self._made(one) for one in schema] if isinstance(schema, list | tuple) else schema

    def _component(self, kind, name, schema):
        component = ResolvedComponent(name=name, type=kind, schema=schema, object=name)
        self.registry.register_on_missing(component)


def _operation_id(verb, route):
    """As in search_hsds_services: what is done, then the name of the route."""
    return f"{verb}_{route.removeprefix('api-').replace('-', '_')}"


def _path_id():
    return _in_path("id", {"type": "string", "format": "uuid"})


def _in_path(name, schema):
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query(name, field, shown):
    told = {"description": str(field.help_text)} if field.help_text else {}
    told |= {"example": shown[name]} if name in shown else {}
    return {
        "name": name,
        "in": "query",
        **({"required": True} if field.required else {}),
        **told,
        "schema": _with_default(field),
    }


def _body(fields):
    """The same parameters as an object, as JSON or as a form."""
    told = {
        name: _with_default(field)
        | ({"description": str(field.help_text)} if field.help_text else {})
        for name, field in fields.items()
    }
    required = [name for name, field in fields.items() if field.required]
    return {
        "type": "object",
        "properties": told,
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def _with_default(field):
    known = field.get_default() if not field.required and field.default is not NOTHING else None
    return field.schema | ({} if known is None else {"default": known})


def _refusal(status):
    return {"$ref": f"#/components/responses/{REFUSALS[status][0]}"}


def _headers(*names):
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def without_twins(endpoints):
    """Of each address the one form that is told, in the order of the tags."""
    told = [one for one in endpoints if resolve(one[0]).url_name]
    starts = [start for _tag, start, _about in TAGS]
    order = lambda one: next(n for n, start in enumerate(starts) if one[0].startswith(start))  # noqa: E731
    return sorted(told, key=order)


def with_the_rest(result, **_context):
    """What belongs to no operation."""
    components = result["components"]
    components["headers"] = {
        name: {"description": words, "schema": {"type": "string"}}
        for name, words in HEADERS.items()
    }
    components["parameters"] = {
        "IfNoneMatch": {
            "name": "If-None-Match",
            "in": "header",
            "description": "The `ETag` that you have; 304 says that it is still current.",
            "schema": {"type": "string"},
        }
    }
    result["info"]["description"] = ABOUT.strip()
    result["tags"] = [{"name": tag, "description": about} for tag, _start, about in TAGS]
    # Beside the document, wherever the site is.
    result["servers"] = [{"url": "/"}]
    return result


def document():
    """The document as plain data, made once for each version of the vocabulary; one query."""
    state = City.objects.aggregate(newest=Max("version"), number=Count("pk"))
    return _document(state["newest"], state["number"])


@functools.lru_cache(maxsize=1)
def _document(_newest, _number):
    with override("en"):
        return SchemaGenerator().get_schema(public=True)
