"""`make bench`: what pages and answers cost beside the floor, on the smallest and the largest data."""

import argparse
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

os.environ["WAYMARK_ENV"] = "test"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["LOG_LEVEL"] = "ERROR"

from benchmarks import asking, serving
from benchmarks.tables import Found, Times, report

#: Data set -> (cities, services of each), from the smallest to the largest, by database.
SIZES = {
    "sqlite": {"small": (4, 100), "large": (50, 1000)},
    "postgres": {"small": (4, 100), "large": (1000, 1000)},
}
QUICK = {"small": (4, 100), "large": (8, 500)}
#: The one city that is larger than all others, in the large data set.
METROPOLIS = "metropolis"
METROPOLIS_SERVICES = 20_000


@dataclass(frozen=True)
class Effort:
    """How often each ask is asked before and while it is measured, and each work is done."""

    warm: int
    rounds: int
    works: int


WHOLE, QUICKLY = Effort(3, 40, 3), Effort(1, 3, 1)
#: Asks of the metropolis: fewer rounds, as each of its floor takes long.
IN_METROPOLIS = Effort(3, 10, 0)
#: And of the peer, which needs seconds for some.
OF_PEER = Effort(1, 7, 0)
#: Cities that are asked for in turn: nearly all that a process holds, each asked for before; and some that were not.
IN_TURN, NEW = 60, 20


def main():
    quick = os.environ.get("QUICK") == "1"
    url = os.environ.get("DATABASE_URL", "sqlite://")
    sizes = QUICK if quick else SIZES["postgres" if url.startswith("postgres") else "sqlite"]
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        urls = {name: stack.enter_context(serving.database(url, folder, name)) for name in sizes}
        with ThreadPoolExecutor(len(sizes) if quick else 1) as pool:
            list(pool.map(lambda name: build(urls[name], name, sizes[name], quick), sizes))
        found = {
            name: of_data_set(urls[name], Path(folder), name, size, quick)
            for name, size in sizes.items()
        }
        report(url, sizes, found)


def of_data_set(url, folder, name, size, quick):
    """What was `Found` on one data set."""
    effort = QUICKLY if quick else WHOLE
    cities, town = cities_of(size), f"town{size[0] - 1}"
    metropolis = None
    with ExitStack() as stack:
        site = stack.enter_context(serving.server("config.wsgi:application", url))
        answers = answers_of(site, folder / f"{name}.json", town)
        floor = stack.enter_context(
            serving.server("benchmarks.floor:application", url, FLOOR_ANSWERS=str(answers))
        )
        known = cities[:-NEW][:IN_TURN] or cities
        times = measure(site, floor, asking.ASKS, known, town, effort)
        new = of_new(site, floor, cities[len(known) :][:NEW], town)
        memory = site.memory
        if name == "large" and not quick:
            asks = [ask for ask in asking.ASKS if ask.scope == "city"]
            metropolis = measure(site, floor, asks, [METROPOLIS], town, IN_METROPOLIS)
            memory = max(memory, site.memory)
    peer = {} if quick else of_peer(url, cities[0], town)
    counted = in_process("counting", url, cities[0], town) if name == "large" else {}
    works = in_process("working", url, cities[0], str(effort.works))
    database = serving.megabytes_of(url)
    return Found(times, new, metropolis, peer, counted, works, memory, database)


def build(url, name, size, quick):
    """The data of a size, by a process of its own: Django reads its settings once."""
    command = f"{sys.executable} -m benchmarks.build {size[0]} {size[1]}"
    if name == "large" and not quick:
        command += f" {METROPOLIS_SERVICES}"
    start = time.perf_counter()
    environment = {**os.environ, "DATABASE_URL": url}
    if serving.subprocess.call(command.split(), cwd=serving.ROOT, env=environment):
        sys.exit("The data could not be made: see the lines above.")
    print(f"{name}: {size[0]} cities × {size[1]} services in {time.perf_counter() - start:.0f} s")


def cities_of(size):
    return ["benchtown", *(f"benchtown-{number}" for number in range(1, size[0]))]


def answers_of(site, path, town):
    """A file with what the site answers where that is JSON: the floor has only to write it."""
    found = {}
    for ask in asking.ASKS:
        address, body = ask.in_city("benchtown", town)
        _took, status, content = site.ask(address, body)
        if status != 200:
            sys.exit(f"{address}: {status} {content[:300]}")
        if ask.path.startswith("/api/") and not ask.known:
            found[ask.name] = json.loads(content)
    path.write_text(json.dumps(found))
    return path


def measure(site, floor, asks, cities, town, effort):
    """Ask name -> `Times`; all in turn, so that a busy moment touches all of them."""
    in_turn = itertools.cycle(cities)
    for ask in asks:
        for city in cities if ask.scope == "cities" else []:
            once(site, floor, ask, city, town)
    times = {ask.name: Times() for ask in asks}
    for number in range(effort.warm + effort.rounds):
        for ask in asks:
            city = next(in_turn) if ask.scope == "cities" else cities[0]
            took, of_floor, size = once(site, floor, ask, city, town)
            if number >= effort.warm:
                times[ask.name].site.append(took)
                times[ask.name].floor.append(of_floor)
                times[ask.name].bytes = size
    return times


def of_new(site, floor, cities, town):
    """Ask name -> [(milliseconds of the site, of the floor)] in cities that nobody asked for before."""
    if not cities:
        return {}
    return {
        ask.name: [once(site, floor, ask, city, town)[:2] for city in cities]
        for ask in asking.OF_NEW
    }


def once(site, floor, ask, city, town):
    """(milliseconds of the site, of the floor, bytes of the site's answer)."""
    path, body = ask.in_city(city, town)
    headers = {"If-None-Match": _etag(site, path)} if ask.known else None
    took, status, content = site.ask(path, body, headers)
    if status not in (200, 304):
        sys.exit(f"{path}: {status} {content[:300]}")
    floor_path = f"/{ask.floor}?city={city}&answer={ask.name.replace(' ', '+')}"
    of_floor, status, _content = floor.ask(
        floor_path + (f"&town={town}" if "{town}" in ask.path else "")
    )
    if status != 200:
        sys.exit(f"floor {floor_path}: {status}")
    return took, of_floor, len(content)


def of_peer(url, city, town):
    """Ask name -> milliseconds of the peer."""
    found = {name: [] for name in asking.OF_PEER}
    with serving.server("benchmarks.peer:application", url) as peer:
        for number in range(OF_PEER.warm + OF_PEER.rounds):
            for name, path in asking.OF_PEER.items():
                took, status, content = peer.ask(path.format(city=city, town=town))
                if status != 200:
                    sys.exit(f"peer {path}: {status} {content[:300]}")
                if number >= OF_PEER.warm:
                    found[name].append(took)
    return {name: statistics.median(taken) for name, taken in found.items()}


def _etag(site, path):
    site.ask(path)
    return site.etag


def in_process(module, url, *words):
    """What a module of this folder prints as JSON, run by itself: Django reads its settings once."""
    done = serving.subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *words],
        cwd=serving.ROOT, env={**os.environ, "DATABASE_URL": url}, check=True,
        stdout=serving.subprocess.PIPE,
    )  # fmt: skip
    return json.loads(done.stdout)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
