"""`changes`: what was created, updated and withdrawn, in order, for those who keep a copy."""

import uuid

from django.urls import reverse

from services.api import examples, shapes, states
from services.api.answers import answer
from services.api.base import ApiView
from services.api.cities import city_of
from services.api.parameters import Parameters, Slug, Text, WholeNumber
from services.api.problems import Problem
from services.feed import Feed

PER_PAGE, MOST = 200, 1000
LATEST = "latest"
#: Stands in an address for whichever service it is.
ANY = uuid.UUID(int=0)


class Cursor(Text):
    """Where an earlier answer ended."""

    pattern = rf"[pk][0-9]{{1,18}}|{LATEST}"


class ChangesQuery(Parameters):
    since = Cursor(
        required=False,
        help_text="The `cursor` of the last answer; `latest` for where the order ends now.",
    )
    limit = WholeNumber(min_value=1, max_value=MOST, default=PER_PAGE)
    city = Slug(required=False, help_text="Only what this city can use.")


class ChangesView(ApiView):
    """The changes after a cursor, oldest first; without one, from the beginning."""

    parameters = ChangesQuery
    returns = shapes.CHANGES
    answer_examples = staticmethod(examples.changes)
    request_examples = {"Where the order ends now": {"since": LATEST}}
    refuses = (404, 409)
    about = (
        "To keep a copy: take `since=latest` first, then everything, then follow from that cursor. "
        "409 says that the cursor is of another reader or of a directory that is no more: begin again."
    )

    def state(self, values):
        return states.of_everything(self.reader)

    def reply(self, values):
        city = city_of(values["city"]) if "city" in values else None
        feed = Feed(self.reader, city, states.newest_of(getattr(self.request, "made_of", None)))
        since = values.get("since", "")
        if since == LATEST:
            told, last, more = [], feed.latest, False
        else:
            told, last, more = feed.after(_number(feed, since), values["limit"])
        body = {
            "changes": self._changes(feed, told),
            "cursor": f"{feed.name}{last}",
            "more": more,
        }
        return answer(self.request, body)

    def _changes(self, feed, told):
        # Made once, as looking an address up takes longer than all the rest of a change.
        address = self.request.build_absolute_uri(reverse("hsds-service", args=[ANY]))
        before, _any, after = address.rpartition(str(ANY))
        return [
            {
                "cursor": f"{feed.name}{one.number}",
                "change": one.kind,
                "service": one.service,
                "changed_at": one.at,
                "url": None if one.kind == "deleted" else f"{before}{one.service}{after}",
            }
            for one in told
        ]


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
