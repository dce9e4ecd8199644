"""What was measured, and how it is told."""

import statistics
from dataclasses import dataclass, field

from benchmarks import asking


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
    new: dict
    metropolis: dict | None
    peer: dict
    counted: dict
    works: dict
    memory: tuple
    database: float


def report(url, sizes, found):
    """Tables: of each ask what it takes on both sizes, and the two ratios with what is aimed at."""
    small, large = found["small"], found["large"]
    print(f"\n{url.split(':')[0]}: {_size(sizes['small'])} → {_size(sizes['large'])}\n")
    head = f"{'':<34}{'p50 ms':>16}{'p95 ms':>16}{'× floor':>15}{'≤':>5}{'grows':>8}{'≤':>5}"
    print(f"{head}{'queries':>9}{'bytes':>9}{'kB':>7}")
    for ask in asking.ASKS:
        print(_line(ask, small.times[ask.name], large.times[ask.name], large.counted[ask.name]))
    for name, taken in large.new.items():
        print(_new(name, taken))
    if large.metropolis:
        print(f"\n{'In the largest city':<34}{'p50 ms':>16}{'p95 ms':>16}{'× floor':>15}")
        for name, times in large.metropolis.items():
            print(f"{name:<34}{times.middle:>16.1f}{times.slow:>16.1f}{times.ratio:>15.1f}")
    if large.peer:
        print(f"\n{'Beside a peer':<34}{'its p50 ms':>16}{'ours':>16}")
    for name in large.peer:
        ours = [one.times[name].middle for one in (small, large)]
        print(f"{name:<34}{_two([small.peer[name], large.peer[name]]):>16}{_two(ours):>16}")
    print(f"\n{'Work on the services of a city':<34}{'ms':>16}{'ms a service':>16}{'× floor':>15}")
    for name, work in large.works.items():
        print(_work(name, small.works[name], work))
    part, resident = zip(small.memory, large.memory, strict=True)
    print(f"\nA worker holds {_whole(part)} MB,", end=" ")
    print(f"{_whole(resident)} with all that it shares with its parent.")
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


def _new(name, taken):
    site, floor = map(statistics.median, zip(*taken, strict=True))
    return f"{name:<34}{site:>16.1f}{'':>16}{site / floor:>15.1f}"


def _aim(found, aim):
    return f"{aim:g}" if found <= aim else f"{aim:g}!"


def _whole(values):
    return " → ".join(f"{value:.0f}" for value in values)


def _two(values):
    return " → ".join(f"{value:.1f}" for value in values)
