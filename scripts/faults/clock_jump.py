"""The clock jumps while the site serves: a day back, forty days on, a year and more on.

The machine's clock stays as it is: `time_machine` gives the site's processes another one. (libfaketime
0.9.10 cannot: under it Python 3.11 fails to sleep.) Nothing may break, answers of the guide and
sessions end as they must, counts of requests begin anew, and a rule that expires meanwhile takes the
guide away from nobody, not even when a worker has to be replaced.
"""

import datetime
import os
import random
import signal
import time
from email.utils import parsedate_to_datetime
from pathlib import Path

from scripts.faults.asking import SESSION_COOKIE, Browser, Tally
from scripts.faults.site import ROOT, Site, children_of, until
from scripts.faults.verdict import main

CITY = "brussels"
DAY = datetime.timedelta(days=1)
#: Reports of an address in an hour, and requests of the API in a minute.
LIMIT = 3
PAGES = (
    f"/{CITY}/",
    f"/{CITY}/services/?lang=fr",
    f"/{CITY}/services/?open_now=true",
    "/rome/services/",
    "/api/v1/services?city=brussels&open_now=true",
    "/api/v1/changes",
    "/api/hsds/v3/services?per_page=5",
    f"/{CITY}/guide/help/",
    "/learn/",
    "/accounts/login/",
    "/check/an-old-link/",
    "/handoff/an-old-link/",
)
#: What may be said to a link that opens nothing.
FINE = (200, 302, 303, 304, 404, 410)


def show(verdict, folder, options):
    clock = Clock(folder)
    env = clock.environment | {"REPORTS_PER_HOUR": str(LIMIT)}
    with Site(folder, env=env) as site:
        people = People(site)
        _count_up(verdict, people)
        jumps = {"one day back": -DAY, "forty days on": 40 * DAY, "four hundred days on": 400 * DAY}
        for words, by in jumps.items():
            before = people.begin()
            clock.jump(by)
            _look(verdict, words, by, people, before)
        _replace_worker(verdict, site, people)
        clock.jump(datetime.timedelta(0))
        _look(verdict, "back to today", -400 * DAY, people, people.begin())
        verdict.expect("Traceback" not in site.logged(), "the log holds no traceback")


class Clock:
    """The clock of the site's processes, which each read anew from a file ten times a second."""

    def __init__(self, folder):
        self._file = Path(folder) / "clock"
        self.jump(datetime.timedelta(0))
        # Python imports a module of this name at its start, before anything else asks for the time.
        (Path(folder) / "sitecustomize.py").write_text("import scripts.faults.other_clock\n")
        self.environment = {
            "PYTHONPATH": f"{folder}:{ROOT}",
            "WAYMARK_FAULT_CLOCK": str(self._file),
        }

    def jump(self, by):
        """Stand so far from the real time, from now on."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{by.total_seconds():.0f}")
        new.replace(self._file)
        time.sleep(0.5)


class People:
    """Somebody in the middle of the guide, an editor who is signed in, and a reader of pages."""

    def __init__(self, site):
        self.site = site
        self.reader = Browser(site.port)
        self.slug = site.inside("directory")[CITY][0][0]

    def begin(self):
        """Under the clock as it stands: a walk of the guide to its plan, and a session."""
        walker = Browser(self.site.port)
        walker.walk_guide(CITY, random.Random(3))
        session = self.site.inside("sign-in", "editor", CITY)
        editor = Browser(self.site.port, cookies={SESSION_COOKIE: session})
        return walker, editor, editor.get(f"/office/{CITY}/listings/").status

    def report(self, reader=None):
        path = f"/{CITY}/services/{self.slug}/report/"
        return (reader or self.reader).post(path, {"kind": "hours"}).status


def _count_up(verdict, people):
    # Each process counts for itself, and there are two.
    statuses = [people.report() for _time in range(2 * LIMIT + 1)]
    verdict.expect(429 in statuses, f"so many reports an hour are taken, then 429: {statuses}")


def _look(verdict, words, by, people, before):
    walker, editor, was_in = before
    tally = Tally()
    for path in PAGES:
        tally.note(path, people.reader.get(path))
    plan = Browser(people.site.port).walk_guide(
        CITY, random.Random(5), lambda a: tally.note("guide", a)
    )
    bad = [status for status in tally.statuses if status not in FINE]
    shown = parsedate_to_datetime(people.reader.get("/healthz").headers["Date"])
    verdict.expect(
        not bad and plan.status == 200,
        f"{words} ({shown:%d %b %Y}): pages, API and the guide to its plan: {tally.in_words()}",
    )
    _look_at_memory(verdict, words, by, walker, editor, was_in)
    verdict.expect(people.report() == 303, f"{words}: an hour's limit of reports begins anew")


def _look_at_memory(verdict, words, by, walker, editor, was_in):
    """What the device holds, and the session."""
    answer = walker.get(f"/{CITY}/guide/")
    office = editor.get(f"/office/{CITY}/listings/")
    held = answer.status == 200
    if by > DAY:
        verdict.expect(
            not held, f"{words}: answers of before are gone from the guide ({answer.status})"
        )
        verdict.expect(
            was_in == 200 and office.status == 302 and "login" in office.path,
            f"{words}: whoever was signed in must sign in again ({was_in}, then {office.status})",
        )
    else:
        verdict.expect(
            answer.status in (200, 303) and office.status in (200, 302),
            f"{words}: answers are {'kept' if held else 'gone'},"
            f" the session is {'kept' if office.status == 200 else 'over'}, nothing breaks",
        )


def _replace_worker(verdict, site, people):
    """Beyond the day on which rules expired."""
    for worker in site.workers():
        os.kill(worker, signal.SIGKILL)
        time.sleep(1)
    try:
        until(lambda: _answers_again(site), 60, "new workers to answer")
        plan = people.reader.walk_guide(CITY, random.Random(9)).status
    except (OSError, TimeoutError):
        plan = None
    verdict.expect(
        plan == 200,
        f"workers that are replaced after rules have expired lead to a plan ({plan or 'the site ended'})",
    )
    if plan is None:
        raise RuntimeError("nothing more can be looked at: the site has ended")


def _answers_again(site):
    if site.master.poll() is not None:
        raise TimeoutError("The site has ended.")
    return len(children_of(site.master.pid)) >= 2 and site.answers()


if __name__ == "__main__":
    raise SystemExit(main("clock-jump", show))
