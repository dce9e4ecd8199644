"""The taxonomies of the directory, and the names of cities and countries, in one language.

Terms are what listings are filed under. Each has an id that is the same on every machine.
"""

import functools
from dataclasses import dataclass, field

from django.db.models import Count, Max
from django.utils.translation import gettext as _
from django.utils.translation import override

from services.ids import stable_id
from services.models import City, Country, Criterion, Need, Service
from services.names import names
from services.projection import FALLBACK_LANGUAGE

NEEDS, GROUPS, CRITERIA = "needs", "target-groups", "criteria"
WAYS_IN, REACH, CONFIDENTIALITY = "ways-in", "reach", "confidentiality"
#: What everybody reads as the version of a taxonomy; raised when a code changes its meaning.
VERSION = "1"


@dataclass(frozen=True)
class Taxonomy:
    """A vocabulary: its code, and what it is for in the words of a reader."""

    code: str
    name: str
    description: str

    @property
    def id(self):
        return taxonomy_id(self.code)


@dataclass(frozen=True)
class Term:
    """A word of a taxonomy; a need stands under the stage of the pathway it belongs to."""

    taxonomy: Taxonomy
    code: str
    name: str
    description: str
    parent: str = ""

    @property
    def id(self):
        return term_id(self.taxonomy.code, self.code)


@functools.lru_cache(maxsize=64)
def taxonomy_id(code):
    """The id of the taxonomy with this code."""
    return str(stable_id("taxonomy", code))


@functools.lru_cache(maxsize=1024)
def term_id(taxonomy, code):
    """The id of the term with this code in the taxonomy with that code."""
    return str(stable_id("term", f"{taxonomy}/{code}"))


@dataclass(frozen=True)
class CityName:
    """A city as listings name it."""

    id: str
    slug: str
    name: str
    country: str
    timezone: str


@dataclass(frozen=True)
class Vocabulary:
    """Everything listings are filed under, in one language."""

    language: str
    taxonomies: tuple[Taxonomy, ...]
    terms: dict[str, Term]
    cities: dict[str, CityName]
    countries: dict[str, str]
    _timezones: dict[str, str] = field(default_factory=dict)

    def term(self, taxonomy, code):
        """The `Term` with this code, or None."""
        return self.terms.get(term_id(taxonomy, code))

    def timezone_of(self, country, cities):
        """The clock of a listing: its first city's, else one of its country's, else UTC."""
        if cities:
            return self.cities[cities[0]].timezone
        return self._timezones.get(country, "UTC")


def vocabulary(language):
    """The `Vocabulary` in a language, else in English; one query while nothing has changed."""
    state = City.objects.aggregate(newest=Max("version"), number=Count("pk"))
    return _read(language, state["newest"], state["number"])


@functools.lru_cache(maxsize=32)
def _read(language, _newest, _number):
    with override(language):
        taxonomies = _taxonomies()
        terms = [*_needs(taxonomies[NEEDS], language), *_others(taxonomies, language)]
    cities = _cities(language)
    return Vocabulary(
        language,
        tuple(taxonomies.values()),
        {term.id: term for term in terms},
        cities,
        _names_of(Country, language),
        {city.country: city.timezone for city in reversed(cities.values())},
    )


def forget():
    """Drop what is kept (tests, and imports that bypass signals)."""
    _read.cache_clear()


def _taxonomies():
    found = (
        Taxonomy(NEEDS, _("Needs"), _("What a person may need, by stage of the pathway.")),
        Taxonomy(GROUPS, _("Target groups"), _("Whom a service is for in particular.")),
        Taxonomy(
            CRITERIA,
            _("Criteria"),
            _("Whom a service takes. The attribute’s value is takes, asks-first or does-not-take."),
        ),
        Taxonomy(WAYS_IN, _("Ways in"), _("How somebody gets into a service.")),
        Taxonomy(REACH, _("Reach"), _("Where people live whom a service is for.")),
        Taxonomy(CONFIDENTIALITY, _("Confidentiality"), _("Whether the place is kept secret.")),
    )
    return {taxonomy.code: taxonomy for taxonomy in found}


def _needs(taxonomy, language):
    """The four stages, and under them the needs."""
    stages = dict(Need.Stage.choices)
    for code, label in stages.items():
        yield Term(taxonomy, code, str(label), _("A stage of the pathway: %s.") % label)
    by_code = names(language=language).needs
    for code, stage in Need.objects.values_list("code", "stage"):
        name = by_code.get(code, code)
        description = _("%(need)s (%(stage)s)") % {"need": name, "stage": stages[stage]}
        yield Term(taxonomy, code, name, description, term_id(NEEDS, stage))


def _others(taxonomies, language):
    for code, name in names(language=language).groups.items():
        yield Term(taxonomies[GROUPS], code, name, name)
    choices = {CRITERIA: Criterion.Code, WAYS_IN: Service.WayIn, REACH: Service.Reach}
    for taxonomy, codes in choices.items():
        for code, label in codes.choices:
            yield Term(taxonomies[taxonomy], code, str(label), str(label))
    secret = _("The address is given on contact")
    yield Term(taxonomies[CONFIDENTIALITY], "confidential", secret, secret)


def _cities(language):
    named = _names_of(City, language)
    rows = City.objects.order_by("slug").values_list("pk", "slug", "country_id", "timezone")
    return {
        slug: CityName(str(pk), slug, named.get(pk, slug), country, timezone)
        for pk, slug, country, timezone in rows
    }


def _names_of(model, language):
    """Primary key -> name in the language, else in English."""
    rows = model._parler_meta.root_model.objects.filter(
        language_code__in={language, FALLBACK_LANGUAGE}
    )
    rows = list(rows.values_list("master_id", "name", "language_code"))
    # The language asked for comes last, so that it wins.
    return {pk: name for pk, name, code in sorted(rows, key=lambda row: row[2] == language)}
