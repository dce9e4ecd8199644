"""An hour of mixed load at 70 % of what the site can do: no error, no growth, no page gets slower.

First a short closed loop says what the site can do here; then requests begin at 70 % of that, by the
clock, whatever became of those before. Over cities, languages, filters, facts and pages by chance,
so that what is kept in memory turns over. `DURATION=3600` for the hour; two minutes otherwise.
"""

import datetime
import json
import queue
import random
import statistics
import threading
import time

from scripts.faults.asking import Browser, Load, Tally, percentile
from scripts.faults.site import Site, memory_of
from scripts.faults.verdict import main, seconds

SHARE = 0.7
CLOSED, WARMING = 4, 10
SENDERS = 16
MOST_MEGABYTES = 150
#: Of the last third of the time to the first: memory, and the median answer.
GROWS_AT_MOST, SLOWER_AT_MOST = 1.05, 2.0
#: What grows by less than this in all is not called growth.
MEGABYTES_ALLOWED = 8
LANGUAGES = ("en", "fr", "nl", "de", "it", "sv")
FILTERS = (
    "open_now=true",
    "need=shelter",
    "need=legal-advice",
    "status=undocumented",
    "language=ar",
    "search=advice",
    "search=maison",
    "search=hjalp",
    "group=lgbtqi",
    "step_free=true",
)
FACTS = {
    "danger": ["now", "soon", "no"],
    "age": ["under-12", "12-15", "16-17", "adult"],
    "gender": ["woman", "man", "trans-woman", "non-binary"],
    "consent": ["yes", "not-now", "no"],
    "concerns": [["sexual-violence"], ["trafficking"], ["partner-violence"], ["forced-marriage"]],
    "hours_since": [2, 30, 100, 400],
    "status": ["documented", "asylum-seeker", "undocumented"],
    "languages": [["fr"], ["ar"], ["ti", "en"]],
}


class Mix:
    """One request after the other, chosen by chance.

    Kinds are dealt like cards, so that each stretch of time has its share of walks through the
    guide: one costs as much as twenty pages, and by mere chance there are twice as many of them in
    one half minute as in another.
    """

    def __init__(self, directory):
        self._directory = directory
        self._cities = sorted(directory)
        self._dealing, self._cards = threading.Lock(), []

    def ask(self, browser, pick):
        """Do one thing; what it was, and the answer."""
        what = self._deal(pick)
        return what, getattr(self, f"_{what}")(browser, pick)

    def _deal(self, pick):
        with self._dealing:
            if not self._cards:
                self._cards = [what for what, weight in WEIGHTS.items() for _card in range(weight)]
                pick.shuffle(self._cards)
            return self._cards.pop()

    def _city(self, pick):
        return pick.choice(self._cities)

    def _browse(self, browser, pick):
        found = "&".join(pick.sample(FILTERS, pick.randint(0, 2)))
        language = pick.choice(LANGUAGES)
        return browser.get(f"/{self._city(pick)}/services/?lang={language}&{found}")

    def _city_page(self, browser, pick):
        return browser.get(f"/{self._city(pick)}/?lang={pick.choice(LANGUAGES)}")

    def _listing(self, browser, pick):
        city = self._city(pick)
        slug, _pk = pick.choice(self._directory[city])
        return browser.get(f"/{city}/services/{slug}/?lang={pick.choice(LANGUAGES)}")

    def _question(self, browser, pick):
        return browser.walk_guide(self._city(pick), pick)

    def _plan(self, browser, pick):
        names = pick.sample(sorted(FACTS), pick.randint(1, 5))
        facts = {name: pick.choice(FACTS[name]) for name in names}
        body = {"city": self._city(pick), "language": pick.choice(LANGUAGES), "facts": facts}
        kind = {"Content-Type": "application/json"}
        return browser.ask("POST", "/api/v1/referral-plan", json.dumps(body), kind)

    def _hsds(self, browser, pick):
        return browser.get(f"/api/hsds/v3/services?per_page=50&page={pick.randint(1, 4)}")

    def _search(self, browser, pick):
        return browser.get(f"/api/v1/services?city={self._city(pick)}&{pick.choice(FILTERS)}")

    def _changes(self, browser, pick):
        since = pick.choice(["", "?since=latest", f"?city={self._city(pick)}"])
        return browser.get(f"/api/v1/changes{since}")

    def _report(self, browser, pick):
        city = self._city(pick)
        slug, _pk = pick.choice(self._directory[city])
        kind = pick.choice(["contact", "hours", "acceptance"])
        return browser.post(f"/{city}/services/{slug}/report/", {"kind": kind})

    def _tap(self, browser, pick):
        city = self._city(pick)
        _slug, pk = pick.choice(self._directory[city])
        kind = pick.choice(["no-answer", "full", "connected"])
        return browser.post(f"/{city}/guide/told/", {"service": pk, "kind": kind})


WEIGHTS = {
    "browse": 20,
    "city_page": 8,
    "listing": 15,
    "question": 5,
    "plan": 15,
    "hsds": 5,
    "search": 10,
    "changes": 5,
    "report": 2,
    "tap": 3,
}
#: A tap on a line of alarm, or on a listing that went on hold since, is told that it is none.
NO_DOOR = 404


def show(verdict, folder, options):
    duration = seconds(options, short=30, usual=120)
    with Site(folder, env={"REPORTS_PER_HOUR": "0", "SIGNALS_PER_HOUR": "0"}) as site:
        mix = Mix(site.inside("directory"))
        rate = SHARE * _capacity(verdict, site, mix, min(60, max(8, duration / 4)))
        run = _Run(site, mix, rate)
        run.go(duration)
        _judge(verdict, site, run, duration)


def _capacity(verdict, site, mix, lasts):
    """Things a second that the site does for a few people who each wait for the answer."""
    tally = Tally()

    def work(number, pick):
        tally.note(*mix.ask(Browser(site.port), pick))

    with Load(CLOSED, work, seconds=WARMING):
        pass
    warm, began = tally.count, time.monotonic()
    with Load(CLOSED, work, seconds=lasts, seed=8):
        pass
    capacity = (tally.count - warm) / (time.monotonic() - began)
    verdict.saw(
        f"capacity here: {capacity:.1f} things a second; a walk of the guide is one of them"
    )
    return capacity


class _Run:
    """Things begun by the clock: who begins late counts the wait as part of the answer."""

    def __init__(self, site, mix, rate):
        self.site, self.mix, self.rate = site, mix, rate
        self.tally, self.answers, self.memory = Tally(), [], []
        self._due = queue.SimpleQueue()

    def go(self, duration):
        threads = [
            threading.Thread(target=self._send, args=[n], daemon=True) for n in range(SENDERS)
        ]
        for thread in threads:
            thread.start()
        self._begin_all(duration)
        for _thread in threads:
            self._due.put(None)
        for thread in threads:
            thread.join(120)

    def _begin_all(self, duration):
        self.began = time.monotonic()
        pick, due, sampled = random.Random(1), 0.0, -10.0
        while due < duration:
            time.sleep(max(0, self.began + due - time.monotonic()))
            self._due.put(self.began + due)
            if due - sampled >= max(1, duration / 120):
                sampled = due
                self.memory.append((due, [memory_of(pid) for pid in self.site.workers()]))
            due += pick.expovariate(self.rate)
        self.memory.append((duration, [memory_of(pid) for pid in self.site.workers()]))

    def _send(self, number):
        pick = random.Random(100 + number)
        while (due := self._due.get()) is not None:
            try:
                what, answer = self.mix.ask(Browser(self.site.port), pick)
            except OSError as error:
                self.tally.failed("asking", error)
                continue
            self.tally.note(what, answer)
            self.answers.append((due - self.began, time.monotonic() - due))


def _judge(verdict, site, run, duration):
    tally = run.tally
    errors = sum(n for status, n in tally.statuses.items() if status >= 400 and status != NO_DOOR)
    verdict.expect(
        not errors and not tally.broken,
        f"{tally.count} things in {datetime.timedelta(seconds=int(duration))} at {run.rate:.1f} a second:"
        f" {tally.in_words()} {tally.bad if errors else ''}".rstrip(),
    )
    first = [took for due, took in run.answers if due < duration / 3]
    last = [took for due, took in run.answers if due > duration * 2 / 3]
    ratio = statistics.median(last) / statistics.median(first)
    verdict.expect(
        ratio <= SLOWER_AT_MOST,
        f"median {1000 * statistics.median(first):.0f} ms in the first third,"
        f" {1000 * statistics.median(last):.0f} ms in the last; p95"
        f" {1000 * percentile(first, 0.95):.0f} and {1000 * percentile(last, 0.95):.0f} ms",
    )
    _judge_memory(verdict, run, duration)
    verdict.expect("Traceback" not in site.logged(), "the log holds no traceback")


def _judge_memory(verdict, run, duration):
    # The first third fills what is kept in memory.
    middle = [max(row) for at, row in run.memory if duration / 3 <= at < duration * 2 / 3]
    last = [max(row) for at, row in run.memory if at >= duration * 2 / 3]
    grown = statistics.mean(last) - statistics.mean(middle)
    each = [f"{row[0]:.0f} to {row[1]:.0f} MB" for row in zip(*_ends(run.memory), strict=True)]
    verdict.expect(
        grown <= max(MEGABYTES_ALLOWED, (GROWS_AT_MOST - 1) * statistics.mean(middle)),
        f"memory of the workers: {', '.join(each)}; {grown:+.1f} MB from the middle third to the last",
    )
    most = max(max(row) for _at, row in run.memory)
    verdict.expect(
        most <= MOST_MEGABYTES,
        f"the largest worker had {most:.0f} of {MOST_MEGABYTES} MB (what workers share is shared out)",
    )


def _ends(memory):
    return memory[0][1], memory[-1][1]


if __name__ == "__main__":
    raise SystemExit(main("mixed-load", show))
