"""What stands on the start page of a city's office besides what is to do today."""

from services import scopes
from services.keeping.overview import names_of
from services.models import Service
from services.roles import Power

RECENT = 10


def recently_changed(request, city):
    """The listings changed last that this person may edit, the newest first; two queries, or none."""
    if not request.standing.may(Power.EDIT, city):
        return []
    services = scopes.editable(request.standing, city).order_by("-last_modified", "pk")
    columns = ("pk", "official_name", "status", "last_modified")
    rows = list(services.values(*columns)[:RECENT])
    names = names_of([row["pk"] for row in rows])
    labels = dict(Service.Status.choices)
    return [
        {
            "pk": row["pk"],
            "name": names.get(row["pk"]) or row["official_name"],
            "status": "" if row["status"] == Service.Status.PUBLISHED else labels[row["status"]],
            "when": row["last_modified"],
        }
        for row in rows
    ]
