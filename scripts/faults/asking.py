"""Asking the site: a browser that keeps its connection and cookies, and many of them at once."""

import collections
import http.client
import itertools
import random
import re
import threading
import time
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

CSRF = "f" * 32
_ADDRESSES = itertools.count(1)
#: A choice of the guide: a box or a button to tick, whatever order its attributes have.
_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(type|name|value)="([^"]*)"')
MOST_QUESTIONS = 25
#: Names of cookies in production (`COOKIE_PREFIX`).
SESSION_COOKIE, CSRF_COOKIE = "__Host-sessionid", "__Host-csrftoken"
GUIDE_COOKIE = "__Host-guide"


def new_address():
    """An address that nobody asked from before: limits count by address."""
    number = next(_ADDRESSES)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


class Answer:
    """What came back: status, headers, body as text."""

    def __init__(self, response, body, seconds):
        self.status, self.headers, self.body = response.status, response.headers, body
        self.seconds = seconds

    @property
    def text(self):
        return self.body.decode(errors="replace")

    @property
    def path(self):
        """Where it leads."""
        parts = urlsplit(self.headers.get("Location") or "")
        return parts.path + (f"?{parts.query}" if parts.query else "")


class Browser:
    """Sends what a proxy in front of the site passes on; errors of the line are `OSError`.

    Like a proxy it opens a connection for each request, unless `keeps` says otherwise.
    """

    def __init__(self, port, *, address=None, timeout=60, cookies=None, keeps=False, source=""):
        self.port, self.timeout, self.keeps = port, timeout, keeps
        self._source = (source, 0) if source else None
        self.address = address or new_address()
        self.cookies = {CSRF_COOKIE: CSRF, **(cookies or {})}
        self._connection = None

    def get(self, path, **headers):
        return self.ask("GET", path, None, headers)

    def post(self, path, form, **headers):
        body = urlencode({**form, "csrfmiddlewaretoken": CSRF}, doseq=True)
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self.ask("POST", path, body, {"Origin": "null", **headers})

    def ask(self, method, path, body, headers):
        began = time.monotonic()
        try:
            response, content = self._send(method, path, body, headers)
        except http.client.HTTPException as error:
            self.close()
            raise ConnectionError(type(error).__name__) from error
        except OSError:
            self.close()
            raise
        self._remember(response)
        if response.will_close:
            self.close()
        return Answer(response, content, time.monotonic() - began)

    def _send(self, method, path, body, headers):
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=self.timeout, source_address=self._source
            )
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"X-Forwarded-For": self.address, "X-Forwarded-Proto": "https"}
        sent |= {"Accept-Language": "en", "Cookie": jar}
        if not self.keeps:
            sent["Connection"] = "close"
        self._connection.request(method, path, body, sent | headers)
        response = self._connection.getresponse()
        return response, response.read()

    def _remember(self, response):
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _equals, value = line.split(";")[0].partition("=")
            if value in ("", '""'):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value

    def close(self):
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def walk_guide(self, city, pick, note=lambda answer: None):
        """Answer the guide's questions by chance until the plan, whose answer is given back."""
        # A new person: else the guide asks first whether the answers are still meant.
        self.cookies.pop(GUIDE_COOKIE, None)
        where = f"/{city}/guide/"
        answer = self.get(where)
        note(answer)
        for _question in range(MOST_QUESTIONS):
            while answer.status in (302, 303):
                where = answer.path
                answer = self.get(where)
                note(answer)
            if answer.status != HTTPStatus.OK or where.split("?")[0].endswith("/plan/"):
                return answer
            answer = self.post(where.split("?")[0], choices_on(answer.text, pick))
            note(answer)
        raise AssertionError("The guide asks without end.")


def choices_on(page, pick):
    """One value of each group of choices on a page."""
    found = collections.defaultdict(list)
    for tag in _INPUT.findall(page):
        known = dict(_ATTRIBUTE.findall(tag))
        if known.get("type") in ("radio", "checkbox"):
            found[known["name"]].append(known["value"])
    return {name: pick.choice(values) for name, values in found.items()} or {"skip": "1"}


class Tally:
    """What became of many requests, counted from several threads."""

    def __init__(self):
        self.statuses = collections.Counter()
        self.seconds = collections.defaultdict(list)
        self.broken = collections.Counter()
        self.bad = []
        self._lock = threading.Lock()

    def note(self, what, answer):
        with self._lock:
            self.statuses[answer.status] += 1
            self.seconds[what].append(answer.seconds)
            if answer.status >= 400 and len(self.bad) < 20:
                self.bad.append(f"{answer.status} {what}")

    def failed(self, what, error):
        with self._lock:
            self.broken[f"{what}: {type(error).__name__}"] += 1

    @property
    def count(self):
        return sum(self.statuses.values())

    def all_seconds(self):
        return sorted(s for group in self.seconds.values() for s in group)

    def in_words(self):
        statuses = ", ".join(f"{n} × {status}" for status, n in sorted(self.statuses.items()))
        broken = ", ".join(f"{n} × {what}" for what, n in sorted(self.broken.items()))
        return f"{statuses or 'no answer'}; broken: {broken or 'none'}"


def percentile(seconds, share):
    """The value below which this share of them lies; nothing is infinitely slow."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("inf")


class Load:
    """Threads that each do `work(number, pick)` again and again, until told to stop or time is over."""

    def __init__(self, threads, work, *, seconds, seed=7, most=100_000):
        self._stop, self._most = threading.Event(), most
        self._seconds, self._work, self._seed = seconds, work, seed
        self.errors = []
        self._threads = [
            threading.Thread(target=self._run, args=[n], daemon=True) for n in range(threads)
        ]

    def __enter__(self):
        self._ends = time.monotonic() + self._seconds
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind, *_error):
        if kind is not None:
            self._stop.set()
        self.join()

    def stop(self):
        self._stop.set()
        self.join()

    def join(self):
        for thread in self._threads:
            thread.join(self._seconds + 180)
        if self.errors:
            raise self.errors[0]

    def _run(self, number):
        pick = random.Random(self._seed * 1000 + number)
        try:
            for _time in range(self._most):
                if self._stop.is_set() or time.monotonic() > self._ends:
                    return
                self._work(number, pick)
        except Exception as error:  # noqa: BLE001  (told by `join`)
            self.errors.append(error)
