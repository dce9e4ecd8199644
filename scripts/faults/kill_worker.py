"""kill -9 of a worker under load: others go on, a new one comes, nothing that was answered is lost.

Readers walk the guide and read pages, visitors report problems, an editor notes free places. Then
a worker is killed, several times. What was answered as done must stand in the database, whole; of
the rest each client may lose the one request that the killed worker held.
"""

import datetime
import itertools
import os
import signal
import threading
import time
from collections import Counter

from scripts.faults.asking import SESSION_COOKIE, Browser, Load, Tally
from scripts.faults.site import Site, children_of, has_served, until
from scripts.faults.verdict import main

CITY = "brussels"
READERS, WRITERS, EDITORS = 4, 2, 2
NEW_WORKER_WITHIN, LONGEST_SILENCE = 60, 10
TIMEOUT = 30
REPORTS = "SELECT COALESCE(SUM(count), 0) FROM services_report WHERE service_id = ?"
VERSIONS = "SELECT COUNT(*) FROM services_listingversion WHERE service_id = ? AND way = 'form'"
VOUCHED = (
    "SELECT COUNT(*) FROM services_confirmation"
    " WHERE service_id = ? AND field_group = 'capacity' AND how = 'office'"
)


class People:
    """Who asks what; `done` and `unsure` count writes of a listing: answered, and broken off."""

    def __init__(self, site, doors):
        self.site, self.doors = site, doors
        self.tally, self.done, self.unsure = Tally(), Counter(), Counter()
        self.answered_at, self.lost_by, self.edits = [], Counter(), Counter()
        self._session = site.inside("sign-in", "editor", CITY)
        self._browsers, self._lock = {}, threading.Lock()

    def act(self, number, pick):
        browser = self._browsers.get(number) or self._new(number)
        kind = "read" if number < READERS else "report" if number < READERS + WRITERS else "edit"
        try:
            getattr(self, f"_{kind}")(browser, number, pick)
        except OSError as error:
            self.tally.failed(kind, error)
            self.lost_by[number] += 1
            if kind != "read":
                self.unsure[self.door_of(number)] += 1

    def _new(self, number):
        is_editor = number >= READERS + WRITERS
        jar = {SESSION_COOKIE: self._session} if is_editor else {}
        self._browsers[number] = Browser(self.site.port, cookies=jar, timeout=TIMEOUT)
        return self._browsers[number]

    def door_of(self, number):
        """(slug, id) of the listing that only this client writes to."""
        return tuple(self.doors[number])

    def _note(self, kind, answer):
        self.tally.note(kind, answer)
        self.answered_at.append(time.monotonic())

    def _read(self, browser, number, pick):
        if pick.random() < 0.5:
            browser.walk_guide(CITY, pick, lambda answer: self._note("guide", answer))
        else:
            self._note("browse", browser.get(f"/{CITY}/services/?lang={pick.choice(['en', 'fr'])}"))

    def _report(self, browser, number, pick):
        slug, _pk = self.door_of(number)
        answer = browser.post(f"/{CITY}/services/{slug}/report/", {"kind": "hours"})
        self._wrote("report", number, answer)

    def _edit(self, browser, number, pick):
        door = self.door_of(number)
        self.edits[door] += 1
        form = {"do": "capacity", "capacity": "taking", "until": _another_day(self.edits[door])}
        answer = browser.post(f"/office/{CITY}/listings/{door[1]}/confirm/", form)
        self._wrote("edit", number, answer)

    def _wrote(self, kind, number, answer):
        self._note(kind, answer)
        if answer.status in (302, 303):
            with self._lock:
                self.done[self.door_of(number)] += 1


def _another_day(number):
    return (
        datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1 + number % 80)
    ).isoformat()


def show(verdict, folder, options):
    kills, seconds = (2, 3) if options.short else (5, 5)
    with Site(folder, env={"REPORTS_PER_HOUR": "0"}) as site:
        people = People(site, site.inside("directory")[CITY])
        count = READERS + WRITERS + EDITORS
        with Load(count, people.act, seconds=600) as load:
            time.sleep(seconds)
            took = [_kill(site, seconds) for _kill_number in range(kills)]
            load.stop()
        _judge(verdict, site, people, kills, took)


def _kill(site, seconds):
    """Kill the oldest worker; how long a new one takes to come."""
    before = site.workers()
    os.kill(before[0], signal.SIGKILL)

    def replaced():
        now = set(children_of(site.master.pid)) - {before[0]}
        return len(now) >= len(before) and all(map(has_served, now))

    took = until(replaced, NEW_WORKER_WITHIN, "a new worker to answer")
    time.sleep(seconds)
    return took


def _judge(verdict, site, people, kills, took):
    tally = people.tally
    verdict.saw(f"{kills} workers killed under {tally.count} requests: {tally.in_words()}")
    verdict.expect(
        all(status < 400 for status in tally.statuses),
        f"every request that was answered was answered well {tally.bad or ''}".strip(),
    )
    broken = sum(tally.broken.values())
    each = max(people.lost_by.values(), default=0)
    verdict.expect(
        broken <= kills * len(people._browsers) and each <= kills,
        f"{broken} requests broke off, at most {each} of one client: those the killed workers held",
    )
    verdict.expect(
        max(took) <= NEW_WORKER_WITHIN, f"a new worker answered after {max(took):.1f} s at most"
    )
    times = sorted(people.answered_at)
    silence = max((b - a for a, b in itertools.pairwise(times)), default=0)
    verdict.expect(
        silence <= LONGEST_SILENCE, f"the longest time without any answer was {silence:.1f} s"
    )
    _judge_writes(verdict, site, people)


def _judge_writes(verdict, site, people):
    wrong, answered = [], Counter()
    for number in range(READERS, READERS + WRITERS + EDITORS):
        door, is_edit = people.door_of(number), number >= READERS + WRITERS
        done, unsure = people.done[door], people.unsure[door]
        answered["edits" if is_edit else "reports"] += done
        kept = _count(site, VOUCHED if is_edit else REPORTS, door)
        if not done <= kept <= done + unsure:
            wrong.append(f"{kept} kept of {done} answered and {unsure} broken off")
        # A version is written once its edit is committed; where that is cut off, the next tells both.
        if is_edit and not kept - unsure <= _count(site, VERSIONS, door) <= kept:
            wrong.append(f"{_count(site, VERSIONS, door)} versions of {kept} edits")
    said = ", ".join(f"{n} {what}" for what, n in answered.items())
    verdict.expect(
        not wrong, f"of {said} that were answered: {'; '.join(wrong) or 'all kept, whole'}"
    )
    if site.is_sqlite:
        verdict.expect(site.query("PRAGMA integrity_check") == [("ok",)], "the database is whole")


def _count(site, sql, door):
    return site.query(sql, door[1].replace("-", "") if site.is_sqlite else door[1])[0][0]


if __name__ == "__main__":
    raise SystemExit(main("kill-worker", show))
