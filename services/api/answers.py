"""Answers of the API: bytes of JSON with an ETag, pages of them, and streams."""

import hashlib

import orjson
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response

JSON = "application/json"
NDJSON = "application/x-ndjson"
GEOJSON = "application/geo+json"


def answer(request, data, content_type=JSON):
    """The data as JSON; 304 for whoever has just this already.

    It is known by the state of what it is made of, where the view has told that, else by its bytes.
    """
    body = orjson.dumps(data)
    known = getattr(request, "known_as", None)
    etag = known or f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    response = HttpResponse(body, content_type=content_type)
    response.headers["ETag"] = etag
    # A search by POST has no address, so nothing that could be had from there again.
    if request.method not in ("GET", "HEAD"):
        return response
    return get_conditional_response(request, etag=etag, response=response)


def stream(bodies):
    """One object a line, written while they are read."""
    lines = (body + b"\n" for body in bodies)
    return StreamingHttpResponse(lines, content_type=NDJSON)


def fragments(bodies):
    """Objects that are JSON already, to be put into other data."""
    return [orjson.Fragment(body) for body in bodies]


def page(contents, total, number, per_page):
    """A page as HSDS has it, ours too: `size` is the number of items on this page."""
    pages = max(1, -(-total // per_page))
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": number,
        "size": len(contents),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not contents,
        "contents": contents,
    }
