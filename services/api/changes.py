"""`changes`: what was created, updated and withdrawn, in order, for those who keep a copy."""

import re

from django.urls import reverse
from rest_framework import serializers

from services.api.answers import answer
from services.api.base import ApiView
from services.api.parameters import Parameters, WholeNumber
from services.api.problems import Problem
from services.changes import Feed
from services.hsds.record import moment
from services.models import City

PER_PAGE, MOST = 200, 1000
LATEST = "latest"
CURSOR = r"^([pk][0-9]{1,18}|latest)$"


class Cursor(serializers.RegexField):
    """Where an earlier answer ended."""

    def __init__(self, **kwargs):
        super().__init__(re.compile(CURSOR.replace("$", r"\Z")), **kwargs)


class ChangesQuery(Parameters):
    since = Cursor(
        required=False,
        help_text="The `cursor` of the last answer; `latest` for where the order ends now.",
    )
    limit = WholeNumber(min_value=1, max_value=MOST, default=PER_PAGE)
    city = serializers.SlugField(required=False, help_text="Only what this city can use.")


class ChangesView(ApiView):
    """The changes after a cursor, oldest first; without one, from the beginning."""

    parameters = ChangesQuery

    def reply(self, values):
        feed = Feed(self.reader, self._city(values.get("city")))
        since = values.get("since", "")
        if since == LATEST:
            told, last, more = [], feed.latest, False
        else:
            told, last, more = feed.after(_number(feed, since), values["limit"])
        body = {
            "changes": [self._change(feed, one) for one in told],
            "cursor": f"{feed.name}{last}",
            "more": more,
        }
        return answer(self.request, body)

    def _city(self, slug):
        if slug is None:
            return None
        city = City.objects.filter(slug=slug).first()
        if city is None:
            raise Problem(404, "There is no such city here.", field="city")
        return city

    def _change(self, feed, one):
        path = reverse("hsds-service", args=[one.service])
        return {
            "cursor": f"{feed.name}{one.number}",
            "change": one.kind,
            "service": one.service,
            "changed_at": moment(one.at),
            "url": None if one.kind == "deleted" else self.request.build_absolute_uri(path),
        }


def _number(feed, cursor):
    """The number a cursor stands for; those of another reader, or of the future, are refused."""
    if not cursor:
        return 0
    number = int(cursor[1:])
    if cursor[0] != feed.name or number > feed.latest:
        raise Problem(
            409,
            "This cursor is not one of this directory for this reader: begin again without it.",
            field="since",
        )
    return number
