"""What coverage costs in a large city, beside a bare SQL count (benchmarks/README.md)."""

import os
import statistics
import tempfile
import time

from benchmarks.api import database

SERVICES = int(os.environ.get("SERVICES", "5000"))
ROUNDS = 7
#: Edits measured besides the first of the process.
EDITS = 15


def main():
    with tempfile.TemporaryDirectory() as folder, database(folder):
        city = prepare()
        report(first_edit(city), matrices(city), edits(city), floor(city))


def prepare():
    from django.core.management import call_command
    from django.db import connection

    from benchmarks import data

    call_command("load_cities", verbosity=0)
    city = data.fill(SERVICES)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{connection.vendor}, {SERVICES} services in one city\n")
    return city


def timed(act):
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def floor(city):
    """How long it takes to count the services of the city."""
    from django.db import connection

    def count():
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM services_service WHERE status = %s", ["published"])
            cursor.fetchone()

    return statistics.median(timed(count) for _round in range(ROUNDS * 3))


def unpublishing(service):
    from services.models import Service

    def edit():
        service.status = Service.Status.WITHDRAWN
        service.save()

    return edit


def impact(city, service):
    """What withdrawing a service would break, asked as the office asks before saving."""
    from services import consequences

    return timed(lambda: consequences.of_edit(service, unpublishing(service)))


def _services(city):
    from services.models import Service

    return list(Service.objects.filter(cities=city).order_by("id")[: EDITS + 1])


def first_edit(city):
    """Before anything of the city has been read by this process."""
    return impact(city, _services(city)[0])


def matrices(city):
    """Every cell, read and worked out anew."""
    from referrals.coverage.matrix import matrix_of

    times = []
    for _round in range(ROUNDS):
        city.version += 1
        times.append(timed(lambda: len(matrix_of(city).states)))
    return times


def edits(city):
    """After others have edited the city: nothing kept is current."""
    return [impact(city, service) for service in _services(city)[1:]]


def report(first, cells, later, count):
    print(f"{'coverage':<34}{'ms':>9}{'slowest':>9}{'× count':>9}")
    rows = {
        "a bare SQL count": [count],
        "matrix, every cell": cells,
        "impact of one edit, the first": [first],
        "impact of one edit": later,
    }
    for name, times in rows.items():
        middle = statistics.median(times)
        print(f"{name:<34}{middle:>9.1f}{max(times):>9.1f}{middle / count:>9.0f}")


if __name__ == "__main__":
    main()
