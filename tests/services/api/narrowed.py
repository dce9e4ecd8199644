"""Our OpenAPI document with what a database holds written into it: its cities, ids and places.

The document itself cannot list them, and without them nearly every made-up request ends at "there is
no such city". What is narrowed away counts as wrong then, and is answered as before: 404. Referrals are
narrowed where `get` asks with a key that may refer; without one every request of theirs is refused.

A site that `make run` serves is tried for longer than the tests do, and by way of its server, with

    python -m tests.services.api.narrowed http://127.0.0.1:8000 > openapi.json
    schemathesis run openapi.json --url http://127.0.0.1:8000 --checks all --max-examples 300

Two things that it may say then are not faults: that 414 is no refusal (gunicorn's, of a line longer than it
reads), and that `format=ndjson` cannot be followed to an item.
"""

import json
import sys
import urllib.request

COORDINATES = r"^-?[1-8]?[0-9](\.[0-9]{1,6})?,-?(1[0-7][0-9]|[1-9]?[0-9])(\.[0-9]{1,6})?$"
IDS = 8


def narrowed(get):
    """The document; `get(path)` is the JSON found there."""
    document = get("/api/openapi.json")
    cities = [city["slug"] for city in get("/api/v1/cities")["cities"]]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            _narrow_query(operation.get("parameters", ()), cities)
            if "/{id}" in path and (found := _ids(get, path, cities[0])):
                _only(operation["parameters"][0]["schema"], found)
    _narrow_referral(
        document["components"]["schemas"]["ReferralRequest"]["properties"], get, cities
    )
    for schema in document["components"]["schemas"].values():
        _narrow_body(schema.get("properties", {}), schema.get("additionalProperties"), cities)
    return document


def _narrow_query(parameters, cities):
    for one in parameters:
        if one.get("in") == "query":
            _narrow(one["name"], one["schema"], cities)


def _narrow_body(properties, more, cities):
    """Bodies that are sent: those that take nothing else."""
    if more is False:
        for name, schema in properties.items():
            _narrow(name, schema, cities)


def _narrow(name, schema, cities):
    if name == "city":
        _only(schema, cities)
    elif name == "near" and "pattern" in schema:
        schema["pattern"] = COORDINATES


def _only(schema, values):
    about = schema.get("description")
    schema.clear()
    schema |= {"type": "string", "enum": values} | ({"description": about} if about else {})


def _ids(get, path, city):
    collection = path.partition("/{id}")[0]
    of_city = f"&city={city}" if collection == "/api/v1/services" else ""
    found = get(f"{collection}?per_page={IDS}{of_city}").get("contents", ())
    return [one["id"] for one in found]


def _narrow_referral(properties, get, cities):
    """To services of one city that take referrals, and to the needs of the first."""
    listed = get(f"/api/v1/services?per_page={IDS}&city={cities[0]}&need=shelter")["contents"]
    _only(properties["service"], [one["id"] for one in listed])
    _only(properties["need"], sorted({"shelter", *listed[0]["needs"]}))


def main(base):
    def get(path):
        with urllib.request.urlopen(base + path, timeout=60) as answer:
            return json.load(answer)

    json.dump(narrowed(get), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
