"""`make bench`: what pages and answers cost beside the floor, on the smallest and the largest data."""

import argparse
import json
import os
import random
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
WARM, ROUNDS = 3, 40


@dataclass
class Times:
    """What was measured of one ask on one data set."""

    site: list = field(default_factory=list)
    floor: list = field(default_factory=list)
    bytes: int = 0

    @property
    def ratio(self):
        return statistics.median(self.site) / statistics.median(self.floor)


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
    """Ask name -> `Times`, with the queries and the memory of each."""
    build(url, name, size, quick)
    with ExitStack() as stack:
        site = stack.enter_context(serving.server("config.wsgi:application", url))
        answers = answers_of(site, folder / f"{name}.json")
        floor = stack.enter_context(
            serving.server("benchmarks.floor:application", url, FLOOR_ANSWERS=str(answers))
        )
        times = measure(site, floor, cities_of(size), 5 if quick else ROUNDS)
        memory = site.megabytes
    return times, in_process(url, cities_of(size)), memory


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


def answers_of(site, path):
    """A file with what the site answers where that is JSON: the floor has only to write it."""
    found = {}
    for ask in asking.ASKS:
        address, body = ask.in_city("benchtown")
        _took, status, content = site.ask(address, body)
        if status != 200:
            sys.exit(f"{address}: {status} {content[:300]}")
        if ask.path.startswith("/api/") and not ask.known:
            found[ask.name] = json.loads(content)
    path.write_text(json.dumps(found))
    return path


def measure(site, floor, cities, rounds):
    """Ask name -> `Times`; all in turn, so that a busy moment touches all of them."""
    pick = random.Random(1)
    times = {ask.name: Times() for ask in asking.ASKS}
    for number in range(WARM + rounds):
        for ask in asking.ASKS:
            city = pick.choice(cities) if ask.scope == "cities" else cities[0]
            took, of_floor, size = once(site, floor, ask, city)
            if number >= WARM:
                times[ask.name].site.append(took)
                times[ask.name].floor.append(of_floor)
                times[ask.name].bytes = size
    return times


def once(site, floor, ask, city):
    """(milliseconds of the site, of the floor, bytes of the site's answer)."""
    path, body = ask.in_city(city)
    headers = {"If-None-Match": _etag(site, path)} if ask.known else None
    took, status, content = site.ask(path, body, headers)
    if status not in (200, 304):
        sys.exit(f"{path}: {status} {content[:300]}")
    floor_path = f"/{ask.floor}?city={city}&answer={ask.name.replace(' ', '+')}"
    of_floor, status, _content = floor.ask(floor_path)
    if status != 200:
        sys.exit(f"floor {floor_path}: {status}")
    return took, of_floor, len(content)


_etags = {}


def _etag(site, path):
    site.ask(path)
    return site.etag


def in_process(url, cities):
    """Ask name -> {"queries", "kilobytes"} of one answer, by a process of its own."""
    done = serving.subprocess.run(
        [sys.executable, "-m", "benchmarks.counting", cities[0]],
        cwd=serving.ROOT, env={**os.environ, "DATABASE_URL": url}, check=True,
        stdout=serving.subprocess.PIPE,
    )  # fmt: skip
    return json.loads(done.stdout)


def report(url, sizes, found):
    """One table: of each ask what it takes on both sizes, and the two ratios with what is aimed at."""
    small, large = found["small"], found["large"]
    print(f"\n{url.split(':')[0]}: {_size(sizes['small'])} → {_size(sizes['large'])}\n")
    head = f"{'':<34}{'p50 ms':>16}{'p95 ms':>16}{'× floor':>15}{'≤':>5}{'grows':>8}{'≤':>5}"
    print(f"{head}{'queries':>9}{'bytes':>9}{'kB':>7}")
    for ask in asking.ASKS:
        print(_line(ask, small[0][ask.name], large[0][ask.name], large[1][ask.name]))
    print(f"\nA worker holds {small[2]:.0f} MB → {large[2]:.0f} MB.")


def _size(size):
    return f"{size[0]} cities × {size[1]} services"


def _line(ask, small, large, counted):
    middle = [statistics.median(one.site) for one in (small, large)]
    slow = [statistics.quantiles(one.site, n=20)[18] for one in (small, large)]
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
