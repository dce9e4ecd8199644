"""What is asked of the site, each with what stands for it on the floor (`benchmarks/floor.py`)."""

import json
from dataclasses import dataclass

#: A person for the plan: eight needs, a clock that runs, a language to look for.
FACTS = {
    "danger": "no",
    "age": "adult",
    "gender": "woman",
    "consent": "yes",
    "concerns": ["sexual-violence"],
    "hours_since": 20,
    "status": "undocumented",
    "languages": ["ar"],
}


@dataclass(frozen=True)
class Ask:
    """One kind of request. `path` may name `{city}`, and `{town}`, a word that one city's listings have.

    `target` is how many times the floor it may take.

    `scope`: "city" is asked of one city, "cities" of another one each time, "network" of all at once.
    """

    name: str
    path: str
    floor: str
    target: float
    scope: str = "city"
    body: bool = False
    known: bool = False

    @property
    def growth(self):
        """How many times what it takes on the smallest data it may take on the largest."""
        return 3.0 if self.scope == "network" else 1.5

    def in_city(self, slug, town="town1"):
        """(path, body) of the request in a city."""
        body = json.dumps({"city": slug, "facts": FACTS}) if self.body else None
        return self.path.format(city=slug, town=town), body


HTML, API, PLAN = 4.0, 2.0, 3.0
FILTERS = "need=shelter&group=women-girls&status=undocumented&language=ar"
ASKS = [
    Ask("page of a city", "/{city}/", "city", HTML),
    Ask("browse, with facets", "/{city}/services/", "browse", HTML),
    Ask("browse, another city each time", "/{city}/services/", "browse", HTML, "cities"),
    Ask("browse, four filters", "/{city}/services/?" + FILTERS, "filtered", HTML),
    Ask("browse, nearest first", "/{city}/services/?near=50.85,4.35", "nearest", HTML),
    Ask("browse, search", "/{city}/services/?search=harbour+night", "search", HTML),
    Ask("page of a listing", "/{city}/services/{city}-7/", "listing", HTML),
    Ask("guided question", "/{city}/guide/danger/", "question", HTML),
    Ask("guided question, another city", "/{city}/guide/danger/", "question", HTML, "cities"),
    Ask("page of the plan", "/{city}/guide/plan/", "plan", HTML),
    Ask("plan by API", "/api/v1/referral-plan", "plan", PLAN, body=True),
    Ask("plan by API, another city", "/api/v1/referral-plan", "plan", PLAN, "cities", body=True),
    Ask("API: services, facets", "/api/v1/services?city={city}&need=shelter", "filtered", API),
    Ask("API: HSDS, 50 of a city", "/api/hsds/v3/services?full=true&per_page=50&city={city}", "hsds", API),
    Ask("API: HSDS, known (304)", "/api/hsds/v3/services?full=true&per_page=50&city={city}", "known", API, known=True),
    Ask("API: HSDS, 50 of all", "/api/hsds/v3/services?full=true&per_page=50", "hsds_all", API, "network"),
    Ask("API: HSDS, search in all", "/api/hsds/v3/services?per_page=50&search={town}+harbour", "search_all", API, "network"),
    Ask("API: changes, 200", "/api/v1/changes?since=p100", "changes", API, "network"),
]  # fmt: skip
#: Asked, in this order, of cities that nobody asked the server for before.
OF_NEW = [
    Ask("browse, a city new to the server", "/{city}/services/", "browse", HTML),
    Ask("plan by API, the first in a city", "/api/v1/referral-plan", "plan", PLAN, body=True),
]
#: Name of an ask -> the same asked of the peer (`benchmarks/peer.py`).
OF_PEER = {
    "page of a listing": "/services/{city}-7/",
    "API: services, facets": "/services/?city={city}&need=shelter",
    "API: HSDS, 50 of a city": "/services/?city={city}",
    "API: HSDS, 50 of all": "/services/",
    "API: HSDS, search in all": "/services/?search={town}+harbour",
}
