"""`referral-plan`: facts in, plan out, nothing kept, nothing logged. `pathway`: how it is made."""

from django.conf import settings
from django.utils import translation
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from referrals import examples, planning, shapes, words
from referrals.pathway.facts import FactError, parse_facts
from referrals.pathway.plan import NoDoorError
from referrals.pathway_body import pathway_body
from referrals.serializing import plan_body
from services.api.answers import answer
from services.api.base import ApiView
from services.api.cities import city_of
from services.api.examples import CITY
from services.api.keys import reader_of
from services.api.parameters import Parameters, Slug
from services.api.problems import Problem
from services.models import City

KEYS = ("city", "language", "facts")


class PathwayQuery(Parameters):
    city = Slug(help_text="Which city: its `slug` in `cities`.")


class PathwayView(ApiView):
    """The questions and rules of a city's pathway with their sources."""

    parameters = PathwayQuery
    returns = shapes.PATHWAY
    answer_examples = staticmethod(examples.pathway)
    request_examples = {"In a city": {"city": CITY}}
    refuses = (404,)
    tag = "Guide"

    def reply(self, values):
        pathway = planning.pathway_for(city_of(values["city"]))
        return answer(self.request, pathway_body(pathway))


class ReferralPlanView(APIView):
    """The ordered referral plan for a person's facts in a city, as the key of the request may see it."""

    permission_classes = [AllowAny]
    body = shapes.PLAN_REQUEST
    returns = shapes.PLAN
    answer_examples = staticmethod(examples.plan)
    request_examples = examples.REQUEST
    refuses = (404, 503)
    tag = "Guide"
    verb = "make"

    def post(self, request):
        body = _object(request.data)
        city, language = _city(body), _language(body)
        facts = _facts(body)
        with translation.override(language):
            plan = _plan(city, facts, language, reader_of(request).audience_in(city))
            return Response(plan_body(plan, city, words.need_titles(language)))


def _plan(city, facts, language, audience):
    told = {pk: one for pk, one in planning.told_for(city, facts, audience).items() if one.is_known}
    try:
        return planning.plan_for(city, facts, language, audience, told)
    except NoDoorError as error:
        detail = "In an emergency call 112."
        raise Problem(503, "The directory of this city is empty.", detail=detail) from error


def _object(body):
    if not isinstance(body, dict):
        raise Problem(400, "The body must be a JSON object.", field="body", allowed=KEYS)
    for key in body:
        if key not in KEYS:
            shown = "".join(c for c in str(key)[:40] if c.isprintable())
            raise Problem(400, "There is no such field.", field=shown, allowed=KEYS)
    return body


def _city(body):
    slug = body.get("city")
    if not isinstance(slug, str):
        known = City.objects.values_list("slug", flat=True)
        raise Problem(400, "Say which city.", field="city", allowed=known)
    # No database takes the first of these.
    return city_of(slug.replace("\x00", "\N{REPLACEMENT CHARACTER}"))


def _language(body):
    language = body.get("language")
    if language is None:
        return settings.LANGUAGE_CODE
    known = [code for code, _name in settings.LANGUAGES]
    if not isinstance(language, str) or language.split("-")[0].lower() not in known:
        raise Problem(400, "There is no such language here.", field="language", allowed=known)
    return language.split("-")[0].lower()


def _facts(body):
    given = body.get("facts")
    try:
        return parse_facts({} if given is None else given)
    except FactError as error:
        raise Problem(
            400, f"“{error.field}” {error.message}.", field=error.field, allowed=error.allowed
        ) from error
