"""Work on all services of a city, beside its floor, as JSON: `python -m benchmarks.working CITY TIMES`.

The floor reads the same rows with a bare driver and writes them with `orjson`; of an import it also
writes one column of each service and a line for each change.
"""

import csv
import io
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import django

django.setup()

import orjson
from django.core.management import call_command

from benchmarks import floor
from referrals.coverage.matrix import forget, matrix_of
from services import directory
from services.models import City, Service
from services.visibility import Audience


def main(slug, times):
    with tempfile.TemporaryDirectory() as folder:
        work = Work(slug, Path(folder))
        lines = {
            "export of a sheet": (work.export, work.read_all),
            "import of a sheet, all changed": (work.import_changed, work.change_all),
            "HSDS export": (work.export_hsds, work.read_all),
            "coverage matrix": (work.matrix, work.read_criteria),
            "an edit, and the city after it": (work.edit, work.change_one),
        }
        print(json.dumps({name: compared(work, *pair, int(times)) for name, pair in lines.items()}))


def compared(work, do, least, times):
    """{"ms", "floor", "services"}: medians in milliseconds, and how many services it was."""
    return {"ms": took(do, times), "floor": took(least, times), "services": len(work.ids())}


def took(do, times):
    taken = []
    for _time in range(times):
        start = time.perf_counter()
        do()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


class Work:
    """What is done with the services of a city; each the site's way, or the floor's."""

    def __init__(self, slug, folder):
        self.slug, self.folder, self.round = slug, folder, 0
        self.sheet = folder / "sheet.csv"

    def ids(self):
        return [row[0] for row in floor.query(f"SELECT s.id {floor.OF_CITY}", city=self.slug)]

    def export(self):
        call_command("export_sheet", city=self.slug, output=self.sheet)

    def export_hsds(self):
        call_command("export_hsds", city=self.slug, output=self.folder / "hsds.json")

    def import_changed(self):
        self.round += 1
        rows = list(csv.DictReader(io.StringIO(self.sheet.read_text("utf-8-sig"))))
        for row in rows:
            row["website"] = f"https://example.org/round-{self.round}/{row['slug']}"
        changed = self.folder / "changed.csv"
        with changed.open("w", newline="") as file:
            sheet = csv.DictWriter(file, rows[0].keys())
            sheet.writeheader()
            sheet.writerows(rows)
        call_command("import_sheet", changed, city=self.slug, stdout=io.StringIO())

    def matrix(self):
        directory.forget()
        forget()
        matrix_of(City.objects.select_related("country").get(slug=self.slug))

    def edit(self):
        """One listing saved, and the directory as the next visitor needs it."""
        city = City.objects.get(slug=self.slug)
        Service.objects.serving(city).first().save()
        directory.directory_of(City.objects.get(slug=self.slug), Audience.PUBLIC)

    def read_all(self):
        rows = floor.query(f"SELECT s.* {floor.OF_CITY}", city=self.slug)
        parts = floor.parts([row[0] for row in rows])
        (self.folder / "floor.json").write_bytes(orjson.dumps([rows, parts], default=str))

    def read_criteria(self):
        rows = floor.query(f"SELECT s.* {floor.OF_CITY}", city=self.slug)
        tables = ("services_criterion", "services_servicelanguage", "services_service_needs")
        floor.parts([row[0] for row in rows], {name: floor.PARTS[name] for name in tables})

    def change_one(self):
        pk = self.ids()[0]
        floor.change([(f"https://example.org/floor/{pk}", pk)])
        floor.parts([pk])
        floor.query(f"SELECT s.id, s.last_modified {floor.OF_CITY}", city=self.slug)

    def change_all(self):
        self.read_all()
        floor.change([(f"https://example.org/floor/{pk}", pk) for pk in self.ids()])


if __name__ == "__main__":
    main(*sys.argv[1:])
