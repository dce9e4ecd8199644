"""The floor of the API: a bare driver reads the same rows, `orjson` writes the same bytes.

Served by the same gunicorn as the site. It does no more than it must: the SQL of a page of whole
services, then one call of `orjson` on the objects of that page, which it was given beforehand.
What the site does besides — who may know of what, languages, words, parameters — it leaves out.
"""

import json
import os
import threading

import orjson

_mine = threading.local()
PER_PAGE = 50
TABLES = {
    "services_service_translation": "master_id",
    "services_phone": "service_id",
    "services_criterion": "service_id",
    "services_servicelanguage": "service_id",
    "services_source": "service_id",
    "services_mark": "service_id",
    "services_confirmation": "service_id",
    "services_service_needs": "service_id",
    "services_service_target_groups": "service_id",
    "services_service_cities": "service_id",
}
SITES = (
    "SELECT * FROM services_serviceatlocation s JOIN services_location l ON l.id = s.location_id"
    " WHERE s.service_id IN ({})"
)
WHERE = "FROM services_service WHERE status = 'published' AND visibility = 'public'"


def _connect():
    url = os.environ["DATABASE_URL"]
    if url.startswith("postgres"):
        import psycopg

        return psycopg.connect(url, autocommit=True), "%s"
    import sqlite3

    return sqlite3.connect(url.removeprefix("sqlite:///")), "?"


def _query(sql, *values):
    if not hasattr(_mine, "connection"):
        _mine.connection, _mine.mark = _connect()
    return _mine.connection.execute(sql.replace("?", _mine.mark), values).fetchall()


def _page(number):
    """Every row that a page of whole services is made of."""
    _query(f"SELECT COUNT(*) {WHERE}")
    page = f"SELECT id {WHERE} ORDER BY id LIMIT {PER_PAGE} OFFSET ?"
    pks = [row[0] for row in _query(page, (number - 1) * PER_PAGE)]
    marks = ",".join("?" * len(pks))
    services = _query(
        f"SELECT organization_id, * FROM services_service WHERE id IN ({marks})", *pks
    )
    for table, column in TABLES.items():
        _query(f"SELECT * FROM {table} WHERE {column} IN ({marks})", *pks)
    _query(SITES.format(marks), *pks)
    _query(
        f"SELECT * FROM services_organization WHERE id IN ({marks})", *(row[0] for row in services)
    )


with open(os.environ["FLOOR_PAGE"], "rb") as _file:
    OBJECTS = json.load(_file)


def application(environ, start_response):
    if environ["PATH_INFO"] == "/healthz":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"ok"]
    _page(int(environ["QUERY_STRING"] or 1))
    body = orjson.dumps(OBJECTS)
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]
