"""`make bench`: what pages and answers cost beside the floor, on the smallest and the largest data."""

import argparse
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

os.environ["WAYMARK_ENV"] = "test"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["LOG_LEVEL"] = "ERROR"

from benchmarks import asking, serving

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


WHOLE, QUICKLY = Effort(3, 40, 3), Effort(1, 4, 1)
#: Asks of the metropolis: fewer rounds, as each of its floor takes long.
IN_METROPOLIS = Effort(3, 10, 0)
#: And of the peer, which needs seconds for some.
OF_PEER = Effort(1, 7, 0)
#: Cities that are asked for in turn: more than a process holds, each asked for before; and some that were not.
IN_TURN, NEW = 60, 20
NEW_CITY = asking.Ask(
    "browse, a city new to the server", "/{city}/services/", "browse", asking.HTML
)


@dataclass
class Times:
    """What was measured of one ask on one data set."""

    site: list = field(default_factory=list)
    floor: list = field(default_factory=list)
    bytes: int = 0

    @property
    def middle(self):
        return statistics.median(self.site)

    @property
    def slow(self):
        """What one in twenty takes longer than."""
        return statistics.quantiles(self.site, n=20)[18]

    @property
    def ratio(self):
        return self.middle / statistics.median(self.floor)


@dataclass
class Found:
    """What was measured on one data set, by ask; of new cities; in the metropolis; of the peer; by work."""

    times: dict
    new: list
    metropolis: dict | None
    peer: dict
    counted: dict
    works: dict
    megabytes: float
    database: float


def main():
    quick = os.environ.get("QUICK") == "1"
    url = os.environ.get("DATABASE_URL", "sqlite://")
    sizes = QUICK if quick else SIZES["postgres" if url.startswith("postgres") else "sqlite"]
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for name, size in sizes.items():
            with serving.database(url, folder, name) as own:
                found[name] = of_data_set(own, Path(folder), name, size, quick)
        report(url, sizes, found)


def of_data_set(url, folder, name, size, quick):
    """What was `Found` on one data set."""
    build(url, name, size, quick)
    effort = QUICKLY if quick else WHOLE
    cities, town = cities_of(size), f"town{size[0] - 1}"
    metropolis = None
    with ExitStack() as stack:
        site = stack.enter_context(serving.server("config.wsgi:application", url))
        answers = answers_of(site, folder / f"{name}.json", town)
        floor = stack.enter_context(
            serving.server("benchmarks.floor:application", url, FLOOR_ANSWERS=str(answers))
        )
        times = measure(site, floor, asking.ASKS, cities, town, effort)
        found = cities[IN_TURN : IN_TURN + NEW]
        new = [once(site, floor, NEW_CITY, city, town)[:2] for city in found]
        memory = site.megabytes
        if name == "large" and not quick:
            asks = [ask for ask in asking.ASKS if ask.scope == "city"]
            metropolis = measure(site, floor, asks, [METROPOLIS], town, IN_METROPOLIS)
            memory = max(memory, site.megabytes)
    peer = of_peer(url, cities[0], town)
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
    in_turn = itertools.cycle(cities[:IN_TURN])
    for city in cities[:IN_TURN]:
        site.ask(f"/{city}/services/")
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


def report(url, sizes, found):
    """Tables: of each ask what it takes on both sizes, and the two ratios with what is aimed at."""
    small, large = found["small"], found["large"]
    print(f"\n{url.split(':')[0]}: {_size(sizes['small'])} → {_size(sizes['large'])}\n")
    head = f"{'':<34}{'p50 ms':>16}{'p95 ms':>16}{'× floor':>15}{'≤':>5}{'grows':>8}{'≤':>5}"
    print(f"{head}{'queries':>9}{'bytes':>9}{'kB':>7}")
    for ask in asking.ASKS:
        print(_line(ask, small.times[ask.name], large.times[ask.name], large.counted[ask.name]))
    if large.new:
        site, floor = map(statistics.median, zip(*large.new, strict=True))
        print(f"{NEW_CITY.name:<34}{site:>16.1f}{'':>16}{site / floor:>15.1f}")
    if large.metropolis:
        print(
            f"\nIn one city of {METROPOLIS_SERVICES} services{'p50 ms':>21}{'p95 ms':>16}{'× floor':>15}"
        )
        for name, times in large.metropolis.items():
            print(f"{name:<34}{times.middle:>16.1f}{times.slow:>16.1f}{times.ratio:>15.1f}")
    print(f"\n{'Beside a peer':<34}{'its p50 ms':>16}{'ours':>16}")
    for name in asking.OF_PEER:
        ours = [one.times[name].middle for one in (small, large)]
        print(f"{name:<34}{_two([small.peer[name], large.peer[name]]):>16}{_two(ours):>16}")
    print(f"\n{'Work on the services of a city':<34}{'ms':>16}{'ms a service':>16}{'× floor':>15}")
    for name, work in large.works.items():
        print(_work(name, small.works[name], work))
    print(f"\nA worker holds {small.megabytes:.0f} → {large.megabytes:.0f} MB.", end=" ")
    print(f"The database takes {small.database:.0f} → {large.database:.0f} MB.")


def _work(name, *works):
    return f"{name:<34}" + "".join(
        f"{_two(values):>{width}}"
        for width, values in (
            (16, [work["ms"] for work in works]),
            (16, [work["ms"] / work["services"] for work in works]),
            (15, [work["ms"] / work["floor"] for work in works]),
        )
    )


def _size(size):
    return f"{size[0]} cities × {size[1]} services"


def _line(ask, small, large, counted):
    middle, slow = [small.middle, large.middle], [small.slow, large.slow]
    ratios = [small.ratio, large.ratio]
    grows = middle[1] / middle[0]
    return (
        f"{ask.name:<34}{_two(middle):>16}{_two(slow):>16}{_two(ratios):>15}"
        f"{_aim(max(ratios), ask.target):>5}{grows:>8.1f}{_aim(grows, ask.growth):>5}"
        f"{counted['queries']:>9}{large.bytes:>9}{counted['kilobytes']:>7.0f}"
    )


def _aim(found, aim):
    return f"{aim:g}" if found <= aim else f"{aim:g}!"


def _two(values):
    return " → ".join(f"{value:.1f}" for value in values)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
