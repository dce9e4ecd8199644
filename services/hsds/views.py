"""The endpoints of HSDS 3.2 and of Open Referral UK 3.0, which share everything but their root."""

import dataclasses

import orjson
from django.conf import settings
from django.db.models import Func
from django.urls import reverse

from services.api import states
from services.api.answers import JSON, NDJSON, answer, fragments, page, stream
from services.api.base import ApiView, SearchView
from services.api.cities import city_of
from services.api.parameters import PER_PAGE, UUID
from services.api.problems import Problem
from services.api.store import bodies, bodies_by_entry, entries
from services.hsds import counts, examples, parameters, queries, record, shapes
from services.models import Organization, Service, ServiceAtLocation
from services.search import bears

#: Objects read at once while everything is streamed.
CHUNK = 200
#: Up to so many that a search finds are put in order once they are found.
FEW = 5_000
#: Parameters that say how an answer is written, not what is found.
OF_WRITING = frozenset({"page", "per_page", "format", "full", "full_service", "minimal", "city"})


class RootView(ApiView):
    """What this API speaks, and where that is described."""

    version = "3.2.3"
    returns = shapes.ROOT

    def reply(self, values):
        return answer(self.request, self._about(self.request.build_absolute_uri))

    def answer_examples(self):
        return {"What is spoken here": self._about(lambda path: f"https://guide.example.org{path}")}

    def _about(self, address):
        return {
            "version": self.version,
            "profile": address(reverse("profile")),
            "openapi_url": address(reverse("openapi")),
            "description": "Services for people who have lived through violence, city by city.",
            "publisher": {"name": settings.SITE_NAME, "website": address(reverse("home"))},
        }


class OrukRootView(RootView):
    """What the validator of Open Referral UK reads: a version that it takes for a number."""

    version = "HSDS-UK-3.0"
    returns = shapes.ORUK_ROOT


class _OnceFound(Func):
    """The order of ids, for few: by their text, which is the same order, and no index of PostgreSQL has it.

    Else it may walk through all services in the order of their ids and ask each for the word.
    """

    template = "(%(expressions)s)"

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="(%(expressions)s)::text", **context)


class ListView(SearchView):
    """A page of a collection, or all of it as a stream."""

    media = (JSON, NDJSON)

    def reply(self, values):
        self.vocabulary = self.words
        self._filters = values.keys() - OF_WRITING
        if isinstance(values.get("city"), str):
            values["city"] = city_of(values["city"])
        found = self.find(values)
        if values["format"] == "ndjson":
            return stream(self.all_of(found, values))
        number, total = values["page"], self.count(found)
        per_page = values.get("per_page") or (max(total, 1) if values.get("minimal") else PER_PAGE)
        start = (number - 1) * per_page
        rows = self.ordered(found, total)[start : start + per_page]
        contents = self.write(rows, values) if start < total else []
        return answer(self.request, page(fragments(contents), total, number, per_page))

    def ordered(self, found, _total):
        return found


class _Collection(ListView):
    """A collection in the database, in the order of its ids."""

    refuses = (404,)

    def state(self, values):
        """That of the city asked for, else of everything; a stream is made anew each time."""
        if values["format"] == "ndjson":
            return None
        if "city" not in values:
            return states.of_everything(self.reader)
        return states.of_city(values, self.reader, self.request)

    def count(self, found):
        state = getattr(self.request, "made_of", None)
        if state is None or self._filters:
            return found.count()
        return counts.count(found, type(self).__name__, state, self.reader)

    def ordered(self, found, total):
        return found.order_by(_OnceFound("pk")) if self._filters and total <= FEW else found

    def all_of(self, found, values):
        last = None
        while True:
            rest = found.filter(pk__gt=last) if last else found
            chunk = list(rest.values_list("pk", flat=True)[:CHUNK])
            if not chunk:
                return
            last = chunk[-1]
            yield from self.write(found.filter(pk__in=chunk), values)


class ServicesView(_Collection):
    """Services, filtered."""

    parameters = parameters.ServicesQuery
    request_examples = examples.SEARCH
    returns = shapes.SERVICES
    answer_examples = staticmethod(examples.services)

    def find(self, values):
        return queries.services(self.reader, values, self.vocabulary).order_by("pk")

    def write(self, rows, values):
        writer = _service_writer(values)
        return bodies(entries(rows, self.reader), writer, self.vocabulary)


def _service_writer(values):
    if values.get("minimal"):
        return record.service_minimal
    return record.service if values.get("full") else record.service_in_list


class ServiceView(ApiView):
    """One service with everything that hangs on it."""

    returns = shapes.SERVICE
    answer_examples = staticmethod(examples.service)

    def reply(self, values, pk):
        found = Service.objects.readable_by(self.reader).filter(pk=_known_id(pk))
        written = bodies(entries(found, self.reader), record.service, self.words)
        return _one(self.request, written)


class SitesView(_Collection):
    """Services at their places, filtered."""

    parameters = parameters.SitesQuery
    returns = shapes.SITES
    answer_examples = staticmethod(examples.sites)
    refuses = (404, 409)
    about = "`proximity` needs a `postcode` (else 409)."

    def find(self, values):
        if values.get("proximity") and not values.get("postcode"):
            raise Problem(
                409, "Say a postcode to measure from.", field="proximity", allowed=["postcode"]
            )
        return queries.sites(self.reader, values, self.vocabulary).order_by("pk")

    def write(self, rows, values):
        writer = record.site if values.get("full") else record.site_in_list
        return bodies(_site_entries(rows, self.reader), writer, self.vocabulary)


class SiteView(ApiView):
    """One service at one place, with everything that hangs on both."""

    returns = shapes.SITE
    answer_examples = staticmethod(examples.site)

    def reply(self, values, pk):
        found = ServiceAtLocation.objects.readable_by(self.reader).filter(pk=_known_id(pk))
        written = bodies(_site_entries(found, self.reader), record.site, self.words)
        return _one(self.request, written)


class OrganizationsView(_Collection):
    """Who runs the services that a reader may know of."""

    parameters = parameters.OrganizationsQuery
    returns = shapes.ORGANIZATIONS
    answer_examples = staticmethod(examples.organizations)

    def find(self, values):
        services = queries.services(self.reader, values, self.vocabulary)
        return Organization.objects.filter(pk__in=services.values("organization")).order_by("pk")

    def write(self, rows, values):
        organizations = list(rows.values_list("pk", "name"))
        if not (values["full"] or values["full_service"]):
            return [orjson.dumps(record.organization(*one)) for one in organizations]
        return self._whole(organizations, values["full_service"])

    def _whole(self, organizations, full_service):
        writer = record.service if full_service else record.service_short
        services = _services_of(organizations, self.reader, writer, self.vocabulary)
        return [
            orjson.dumps({**record.organization(pk, name), "services": services.get(pk, [])})
            for pk, name in organizations
        ]


class OrganizationView(ApiView):
    """One organisation and its services."""

    parameters = parameters.OrganizationQuery
    returns = shapes.ORGANIZATION
    answer_examples = staticmethod(examples.organization)

    def reply(self, values, pk):
        services = Service.objects.readable_by(self.reader).filter(organization=_known_id(pk))
        of_them = Organization.objects.filter(pk__in=services.values("organization"))
        found = list(of_them.values_list("pk", "name"))
        writer = record.service if values["full_service"] else record.service_short
        services = _services_of(found, self.reader, writer, self.words)
        return _one(
            self.request,
            [
                orjson.dumps({**record.organization(pk, name), "services": services.get(pk, [])})
                for pk, name in found
            ],
        )


class TaxonomiesView(ListView):
    """The vocabularies that services are filed under."""

    parameters = parameters.TaxonomiesQuery
    returns = shapes.TAXONOMIES
    answer_examples = staticmethod(examples.taxonomies)
    count = staticmethod(len)

    def find(self, values):
        return [one for one in self.vocabulary.taxonomies if _says(one, values)]

    def write(self, rows, values):
        return [orjson.dumps(record.taxonomy(one)) for one in rows]

    all_of = write


class TaxonomyView(ApiView):
    """One vocabulary."""

    returns = shapes.TAXONOMY
    answer_examples = staticmethod(examples.taxonomy)

    def reply(self, values, pk):
        found = [one for one in self.words.taxonomies if one.id == _known_id(pk)]
        return _one(self.request, [orjson.dumps(record.taxonomy(one)) for one in found])


class TermsView(ListView):
    """The words of the vocabularies."""

    parameters = parameters.TermsQuery
    returns = shapes.TERMS
    answer_examples = staticmethod(examples.terms)
    count = staticmethod(len)

    def find(self, values):
        terms = [one for one in self.vocabulary.terms.values() if _says(one, values)]
        if values.get("taxonomy_id"):
            terms = [one for one in terms if one.taxonomy.id == values["taxonomy_id"].lower()]
        if values.get("parent_id"):
            terms = [one for one in terms if one.parent == values["parent_id"].lower()]
        return [one for one in terms if not (values["top_only"] and one.parent)]

    def write(self, rows, values):
        language = self.vocabulary.language
        return [orjson.dumps(record.term(one, language)) for one in rows]

    all_of = write


class TermView(ApiView):
    """One word of a vocabulary."""

    returns = shapes.TERM
    answer_examples = staticmethod(examples.term)

    def reply(self, values, pk):
        words = self.words
        found = words.terms.get(_known_id(pk))
        return _one(
            self.request, [orjson.dumps(record.term(found, words.language))] if found else []
        )


def _one(request, written):
    """The only object, or 404: withheld and unknown ones answer alike."""
    if not written:
        raise Problem(404, "There is nothing here with this id.", field="id")
    return answer(request, orjson.Fragment(written[0]))


def _known_id(text):
    """An id in the form in which it is written, or 404."""
    if not UUID.match(text):
        raise Problem(404, "There is nothing here with this id.", field="id")
    return text.lower()


def _says(one, values):
    """Whether every word searched for is in the name or description."""
    return bears(f"{one.name} {one.description}", values.get("search") or "")


def _site_entries(rows, reader):
    """Entries of the services of these sites, each with the site as the part that is meant."""
    sites = list(rows.values_list("pk", "service"))
    of_service = {
        entry.service: entry
        for entry in entries(
            Service.objects.readable_by(reader).filter(pk__in=[pk for _site, pk in sites]), reader
        )
    }
    return [
        dataclasses.replace(of_service[service], part=str(site))
        for site, service in sites
        if service in of_service
    ]


def _services_of(organizations, reader, writer, vocabulary):
    """Organisation id -> its services as JSON, of those that the reader may know of."""
    pks = [pk for pk, _name in organizations]
    rows = Service.objects.readable_by(reader).filter(organization__in=pks).order_by("pk")
    owners = dict(rows.values_list("pk", "organization"))
    of_them = entries(rows, reader)
    found = {}
    for entry, body in zip(of_them, bodies_by_entry(of_them, writer, vocabulary), strict=True):
        if body is not None:
            found.setdefault(owners[entry.service], []).append(orjson.Fragment(body))
    return found
