"""`cities`, `needs` and `target-groups`: what the other endpoints speak of."""

from services.api import examples, shapes
from services.api.answers import answer
from services.api.base import ApiView
from services.hsds.vocabulary import GROUPS, NEEDS, term_id
from services.models import City, Need, TargetGroup


class CitiesView(ApiView):
    """Every city, with the numbers to call in danger."""

    returns = shapes.CITIES
    answer_examples = staticmethod(examples.cities)

    def reply(self, values):
        words = self.words
        cities = City.objects.select_related("country").prefetch_related("places")
        return answer(self.request, {"cities": [_city(city, words) for city in cities]})


def _city(city, words):
    return {
        "id": str(city.pk),
        "slug": city.slug,
        "name": words.cities[city.slug].name,
        "country": city.country_id,
        "timezone": city.timezone,
        "languages": city.languages,
        "latitude": city.latitude,
        "longitude": city.longitude,
        "is_sample": city.is_sample,
        "emergency_numbers": city.country.emergency_numbers,
        "places": [
            {"slug": p.slug, "name": p.name, "latitude": p.latitude, "longitude": p.longitude}
            for p in city.places.all()
        ],
    }


class NeedsView(ApiView):
    """Every need, in the order in which it runs out."""

    returns = shapes.NEEDS
    answer_examples = staticmethod(examples.needs)

    def reply(self, values):
        needs = Need.objects.prefetch_related("translations")
        body = [{**_term(NEEDS, need), "stage": need.stage} for need in needs]
        return answer(self.request, {"needs": body})


class TargetGroupsView(ApiView):
    """Every target group."""

    returns = shapes.TARGET_GROUPS
    answer_examples = staticmethod(examples.target_groups)

    def reply(self, values):
        groups = TargetGroup.objects.prefetch_related("translations")
        return answer(self.request, {"target_groups": [_term(GROUPS, group) for group in groups]})


def _term(taxonomy, term):
    words = sorted(term.translations.all(), key=lambda row: row.language_code)
    return {
        "id": term_id(taxonomy, term.code),
        "code": term.code,
        "names": {row.language_code: row.name for row in words},
        "synonyms": {row.language_code: row.synonyms for row in words if row.synonyms},
    }
