"""Make the data of one size: `python -m benchmarks.build CITIES SERVICES [SERVICES OF A METROPOLIS]`."""

import os
import sys

os.environ["WAYMARK_ENV"] = "test"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.conf import settings
from django.core.management import call_command

django.setup()

from benchmarks import data

BAR = 40
#: What every city has besides its own: the words services are filed under, and the lines of Europe.
BEFOREHAND = ("fixtures/taxonomy.toml", "fixtures/countries.toml", "fixtures/cities/europe.toml")


def tell(done, every):
    filled = "█" * (BAR * done // every)
    end = "\n" if done == every else ""
    print(f"\r{filled:<{BAR}} {done}/{every} tables", end=end, file=sys.stderr, flush=True)


def main(cities, services, metropolis=0):
    call_command("migrate", verbosity=0)
    call_command("load_cities", *map(settings.BASE_DIR.joinpath, BEFOREHAND), verbosity=0)
    if metropolis:
        data.fill(metropolis, "metropolis")
    data.copy(data.fill(services), cities - 1, tell)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
