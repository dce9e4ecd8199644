"""The floor: a bare driver asks the least SQL for the same answer, `orjson` writes it.

Served by the same gunicorn as the site, one function for each kind of request. What the site does
besides — who may know of what, languages, words, parameters, sorting by fit, safe headers — it leaves
out. Objects of an answer that is JSON it was given beforehand; of a page it writes the rows it read.
"""

import json
import os
import threading
from urllib.parse import parse_qs

import orjson

_mine = threading.local()
SERVING = """(
    SELECT service_id AS id FROM services_service_cities
     WHERE city_id = (SELECT id FROM services_city WHERE slug = :city)
    UNION ALL SELECT id FROM services_service WHERE reach = 'european'
    UNION ALL SELECT id FROM services_service WHERE reach = 'national'
     AND country_id = (SELECT country_id FROM services_city WHERE slug = :city))"""
PUBLIC = "s.status = 'published' AND NOT s.held AND s.visibility = 'public'"
OF_CITY = f"FROM services_service s WHERE {PUBLIC} AND s.id IN {SERVING}"
FITS = """ AND s.id IN (SELECT service_id FROM services_service_needs WHERE need_id = 'shelter')
  AND NOT EXISTS (SELECT 1 FROM services_criterion c WHERE c.service_id = s.id
    AND c.code = 'undocumented' AND c.stance = 'does-not-take')"""
FILTERED = (
    FITS
    + """
  AND (s.interpreter IN ('takes', 'asks-first') OR EXISTS
    (SELECT 1 FROM services_servicelanguage l WHERE l.service_id = s.id AND l.tag = 'ar'))
  AND (EXISTS (SELECT 1 FROM services_service_target_groups g WHERE g.service_id = s.id
    AND g.targetgroup_id = 'women-girls') OR EXISTS (SELECT 1 FROM services_criterion c
    WHERE c.service_id = s.id AND c.code = 'women-girls' AND c.stance <> 'does-not-take'))"""
)
SEARCHED = " AND s.search_text LIKE '%harbour%' AND s.search_text LIKE '%night%'"
SEARCHED_ALL = "s.search_text LIKE :town AND s.search_text LIKE '%harbour%'"
#: Needs of the plan of `asking.FACTS` with what stands behind them.
PLANNED = "('rape-care', 'evidence', 'sexual-health', 'psychosocial', 'violence-support', 'helpline', 'police-report', 'legal-advice', 'asylum-residence', 'interpretation', 'emergency', 'medical-care', 'basic-needs')"
#: Table -> the column that leads to the service.
PARTS = {
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
    "SELECT l.* FROM services_serviceatlocation a JOIN services_location l ON l.id = a.location_id"
    " WHERE a.service_id IN ({})"
)
FACETS = {
    "services_service_needs": "need_id",
    "services_service_target_groups": "targetgroup_id",
    "services_servicelanguage": "tag",
    "services_criterion": "code, stance",
}


def _connect():
    url = os.environ["DATABASE_URL"]
    if url.startswith("postgres"):
        import psycopg

        # As the site asks: compiling takes longer than any of these queries.
        return psycopg.connect(url, autocommit=True, options="-c jit=off")
    import sqlite3

    return sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)


def _connection():
    if not hasattr(_mine, "connection"):
        _mine.connection = _connect()
    return _mine.connection


def change(values):
    """Write (website, id) of services, and that each changed; all of it or nothing."""
    mark = "%s" if _is_psycopg(_connection()) else "?"
    cursor = _connection().cursor()
    cursor.execute("BEGIN")
    cursor.executemany(f"UPDATE services_service SET website = {mark} WHERE id = {mark}", values)
    cursor.executemany(
        f"UPDATE services_change SET before = after WHERE service = {mark}",
        [(pk,) for _website, pk in values],
    )
    cursor.execute("COMMIT")


def _is_psycopg(connection):
    return type(connection).__module__.startswith("psycopg")


def query(sql, **values):
    """The rows of a statement with `:name` in it."""
    if _is_psycopg(_connection()):
        sql = sql.replace("%", "%%")
        for name in values:
            sql = sql.replace(f":{name}", f"%({name})s")
    return _connection().execute(sql, values).fetchall()


def _in(pks):
    """(the placeholders of so many ids, the ids by name)."""
    values = {f"id{number}x": pk for number, pk in enumerate(pks)}
    return ",".join(f":{name}" for name in values) or "NULL", values


def parts(pks, tables=PARTS):
    """What hangs on these services, a list of rows for each table, and their places."""
    marks, values = _in(pks)
    found = [query(f"SELECT * FROM {t} WHERE {tables[t]} IN ({marks})", **values) for t in tables]
    return [*found, query(SITES.format(marks), **values)]


def _facets(city, condition):
    found = [query(f"SELECT how_to_get_in, count(*) {OF_CITY}{condition} GROUP BY 1", city=city)]
    for table, columns in FACETS.items():
        found.append(
            query(
                f"SELECT {columns}, count(*) FROM {table} WHERE service_id IN"
                f" (SELECT s.id {OF_CITY}{condition}) GROUP BY {columns}",
                city=city,
            )
        )
    return found


def _page(city, condition="", order="s.official_name", number=20):
    """A page of results with its count: the rows, and what is shown of each."""
    rows = query(
        f"SELECT s.*, count(*) OVER () {OF_CITY}{condition} ORDER BY {order} LIMIT {number}",
        city=city,
    )
    return [rows, parts([row[0] for row in rows], SHOWN)]


SHOWN = {
    name: PARTS[name]
    for name in ("services_service_translation", "services_phone", "services_confirmation")
}


def city(of):
    lines = query(
        f"SELECT s.* {OF_CITY} AND s.opening_hours = '24/7' AND s.id IN (SELECT service_id FROM"
        " services_service_needs WHERE need_id IN ('helpline', 'violence-support')) LIMIT 4",
        city=of,
    )
    return [query("SELECT * FROM services_city WHERE slug = :city", city=of), lines, parts([r[0] for r in lines], SHOWN)]  # fmt: skip


def browse(of):
    return [_page(of), _facets(of, "")]


def filtered(of):
    return [_page(of, FILTERED), _facets(of, FITS)]


def nearest(of):
    near = (
        "(SELECT min((l.latitude - 50.85) * (l.latitude - 50.85) + (l.longitude - 4.35) *"
        " (l.longitude - 4.35)) FROM services_serviceatlocation a JOIN services_location l"
        " ON l.id = a.location_id WHERE a.service_id = s.id)"
    )
    return [_page(of, order=near), _facets(of, "")]


def search(of):
    return [_page(of, SEARCHED), _facets(of, SEARCHED)]


def listing(of):
    rows = query("SELECT * FROM services_service WHERE slug = :slug", slug=f"{of}-7")
    return [query("SELECT * FROM services_city WHERE slug = :city", city=of), rows, parts([rows[0][0]])]  # fmt: skip


def question(of):
    """Whether an answer can matter hangs on what the doors say of whom they take."""
    said = query(
        "SELECT n.need_id, c.code, c.stance FROM services_criterion c JOIN services_service_needs n"
        f" ON n.service_id = c.service_id WHERE c.service_id IN (SELECT s.id {OF_CITY})"
        " GROUP BY 1, 2, 3",
        city=of,
    )
    return [query("SELECT * FROM services_city WHERE slug = :city", city=of), said]


def plan(of):
    """The doors for the needs of the plan, and what is said of each."""
    rows = query(
        f"SELECT s.* {OF_CITY} AND s.id IN (SELECT service_id FROM services_service_needs"
        f" WHERE need_id IN {PLANNED})",
        city=of,
    )
    doors = f"(SELECT s.id {OF_CITY} AND s.id IN (SELECT service_id FROM services_service_needs WHERE need_id IN {PLANNED}))"
    for table in ("services_criterion", "services_servicelanguage", "services_service_needs", "services_service_target_groups"):  # fmt: skip
        query(f"SELECT * FROM {table} WHERE service_id IN {doors}", city=of)
    shown = [row[0] for row in rows[:30]]
    return [parts(shown, SHOWN)]


def hsds(of):
    query(f"SELECT count(*) {OF_CITY}", city=of)
    rows = query(f"SELECT s.* {OF_CITY} ORDER BY s.id LIMIT 50", city=of)
    parts([row[0] for row in rows])


def known(of):
    return query("SELECT version FROM services_city WHERE slug = :city", city=of)


def hsds_all(_of):
    query("SELECT last_public FROM services_changecounter")
    rows = query(f"SELECT s.* FROM services_service s WHERE {PUBLIC} ORDER BY s.id LIMIT 50")
    parts([row[0] for row in rows])


def search_all(_of, town):
    where, town = f"FROM services_service s WHERE {PUBLIC} AND {SEARCHED_ALL}", f"% {town}%"
    query(f"SELECT count(*) {where}", town=town)
    rows = query(f"SELECT s.* {where} ORDER BY s.id LIMIT 50", town=town)
    parts([row[0] for row in rows])


def changes(_of):
    query(
        "SELECT * FROM services_change WHERE public_number > 100 ORDER BY public_number LIMIT 200"
    )


KINDS = {
    one.__name__: one
    for one in (city, browse, filtered, nearest, search, listing, question, plan, hsds, known,
                hsds_all, search_all, changes)
}  # fmt: skip
#: Kind -> the objects of the answer, where that is JSON.
OBJECTS = {}
if os.environ.get("FLOOR_ANSWERS"):
    with open(os.environ["FLOOR_ANSWERS"], "rb") as _file:
        OBJECTS = json.load(_file)


def application(environ, start_response):
    kind = environ["PATH_INFO"].strip("/")
    body = b"ok"
    if kind in KINDS:
        given = parse_qs(environ["QUERY_STRING"])
        rows = KINDS[kind](*(given[name][0] for name in ("city", "town") if name in given))
        name = given.get("answer", [""])[0]
        body = orjson.dumps(OBJECTS.get(name, rows), default=str)
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]
