"""An upgrade with data in it, tried forwards, backwards and forwards again: see `scripts/try-upgrade`.

The database is the one that DATABASE_URL names, which must be empty, else a SQLite file of its own.
"""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What every release has to have: plain SQL, so that it asks the old and the new tables alike.
LISTINGS = {
    "listings": "SELECT id, slug, status, visibility, email, organization_id FROM services_service",
    "texts": "SELECT master_id, language_code, name, summary FROM services_service_translation",
    "cities": "SELECT service_id, city_id FROM services_service_cities",
    "phones": "SELECT service_id, number FROM services_phone",
    "organizations": "SELECT id, name FROM services_organization",
}
#: Run by the code of either release, on whatever tables there are: reading, and writing a listing.
WORK = """
import uuid
from django.db import transaction
from django.test import Client
from services.models import Service
client = Client(HTTP_HOST="127.0.0.1")
city = Service.objects.filter(status="published").first().cities.first().slug
for page in ("/", f"/{city}/", f"/{city}/services/", f"/{city}/services/?search=a", "/api/v1/changes"):
    assert client.get(page).status_code == 200, page
with transaction.atomic():
    listing = Service.objects.filter(cities__slug=city, status="published").first()
    text = listing.translations.first()
    listing.save()
    listing.pk, listing.slug, listing._state.adding = uuid.uuid4(), "upgrade-trial", True
    listing.save(force_insert=True)
    text.pk, text.master_id, text._state.adding = None, listing.pk, True
    text.save(force_insert=True)
    transaction.set_rollback(True)
"""
READ = """
import json
from django.db import connection
found = {}
with connection.cursor() as cursor:
    for name, query in json.loads(%r).items():
        cursor.execute(query)
        found[name] = sorted([str(value) for value in row] for row in cursor)
print(json.dumps(found))
"""
PLACES = """
import json
from django.db.migrations.loader import MigrationLoader
loader = MigrationLoader(None)
print(json.dumps(sorted(loader.disk_migrations)))
"""


class TrialError(Exception):
    """The upgrade lost something, or something did not work; the words say what."""


def main():
    with tempfile.TemporaryDirectory() as folder:
        address = os.environ.get("DATABASE_URL") or f"sqlite:///{folder}/trial.sqlite3"
        new = Code(ROOT, address)
        try:
            old = (
                Code(checked_out(sys.argv[1], Path(folder) / "old"), address)
                if sys.argv[1:]
                else None
            )
            try_upgrade(old, new)
        except TrialError as error:
            sys.exit(str(error))


def try_upgrade(old, new):
    """Each step is said when it is done. Without old code there are old tables alone."""
    here = new.migrations()
    there = old.migrations() if old else before_the_last(here)
    begin = old or new
    begin.manage("migrate", "--verbosity", "0")
    begin.manage("load_cities", "--verbosity", "0")
    before = begin.listings()
    step(f"{len(before['listings'])} listings loaded")
    if old:
        new.manage("migrate", "--verbosity", "0")
        old.work()
        step("the old code reads and writes on the new tables")
    new.work()
    for app, name in targets(here, there):
        new.manage("migrate", app, name, "--verbosity", "0")
    compare(before, new.listings(), "going back")
    if old:
        old.work()
    step("back on the old tables: every listing is there")
    new.manage("migrate", "--verbosity", "0")
    new.work()
    compare(before, new.listings(), "going forwards again")
    step("forwards again: every listing is there, and the new code reads and writes")


def before_the_last(here):
    """The migrations of each of our apps but the last, where there is more than one."""
    last = dict(here)
    return [(app, name) for app, name in here if name != last[app] or is_first(here, app, name)]


def is_first(here, app, name):
    return next(key for key in here if key[0] == app) == (app, name)


def targets(here, there):
    """(app, the migration to go back to) for each app that has more here than there."""
    known = dict(there)
    more = dict.fromkeys(app for app, name in here if (app, name) not in set(there))
    return [(app, known.get(app, "zero")) for app in more]


def compare(before, after, when):
    """Raise `TrialError` if anything that was there is not there any more, or is another."""
    for name, rows in before.items():
        lost = {tuple(row) for row in rows} - {tuple(row) for row in after[name]}
        if lost:
            raise TrialError(f"{when} lost or changed {len(lost)} of {len(rows)} {name}.")


def checked_out(reference, folder):
    """The code of a tag or commit, in a folder."""
    archive = subprocess.run(
        ["git", "archive", reference], cwd=ROOT, capture_output=True, check=False
    )
    if archive.returncode:
        raise TrialError(f"There is no commit “{reference}”.")
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as packed:
        packed.extractall(folder, filter="data")
    return folder


def step(words):
    print(f"  {words}", flush=True)


class Code:
    """The code of a release, working on a database."""

    def __init__(self, folder, address):
        self.folder = folder
        names = ("DJANGO_SETTINGS_MODULE", "PYTHONPATH")
        self.environment = {name: value for name, value in os.environ.items() if name not in names}
        self.environment |= {"DATABASE_URL": address, "WAYMARK_ENV": "test", "LOG_LEVEL": "ERROR"}

    def manage(self, *arguments):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise TrialError(f"manage.py {arguments[0]} failed:\n{done.stderr[-2000:]}")
        return done.stdout

    def shell(self, code):
        return self.manage("shell", "--no-imports", "-c", code)

    def work(self):
        """Read pages and write a listing; `TrialError` if that does not work."""
        self.shell(WORK)

    def listings(self):
        """{name: rows} of what no upgrade may lose."""
        return json.loads(self.shell(READ % json.dumps(LISTINGS)))

    def migrations(self):
        """[(app, name)] of our own apps, in order."""
        found = [tuple(key) for key in json.loads(self.shell(PLACES))]
        return [key for key in found if (self.folder / key[0] / "migrations").is_dir()]


if __name__ == "__main__":
    main()
