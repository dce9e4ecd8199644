"""`manage.py restore`: prove a backup, or make it the site's database; see docs/operators.md."""

import getpass
import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from operations.backup import age, restoring, site
from operations.backup.command import one_line

AFTERWARDS = """\
Before the site starts again:
- set SECRET_KEY, and SEALING_KEYS where they are used, to the values of the site that made the
  backup: without them codes of second steps, webhooks and sealed fields cannot be read;
- what was ended since the backup was made is back: partner keys that were revoked, people who
  left, listings that were withdrawn. End it again;
- what was deleted since is back too: run the purge commands, and repeat what people asked to have
  erased;
- everybody has to sign in anew: sessions are in no backup."""


class Command(BaseCommand):
    help = (
        "Restore a backup as the database of DATABASE_URL; with --verify to a scratch database that "
        "is gone afterwards. Everything is checked before anything is touched."
    )
    #: A site that refuses to start, or has no tables yet, is to be restored all the same.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="a file that `manage.py backup` made")
        parser.add_argument(
            "--identity", required=True, metavar="KEY",
            help="the file with the private key; - reads it from standard input",
        )  # fmt: skip
        parser.add_argument(
            "--verify", action="store_true", help="only prove that it can be restored"
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="where there is a database: keep it under another name",
        )

    def handle(self, *, file, identity, verify, replace, **_options):
        path = Path(file).absolute()
        if verify:
            self._verify(path, identity)
        else:
            self._restore(path, identity, replace)

    def _verify(self, path, identity):
        with one_line("restore-check"):
            done = restoring.verify(site.database(), path, _keys(identity))
        site.note("restore-check")
        self.stdout.write(done.manifest.in_words())
        self.stdout.write(
            "Restored to a scratch database, compared, and deleted there: it can be restored."
        )
        self._say_what_to_migrate(done)

    def _restore(self, path, identity, replace):
        with one_line():
            done = restoring.restore(site.database(), path, _keys(identity), replace=replace)
        self.stdout.write(done.manifest.in_words())
        self.stdout.write("Restored, with the same rows.")
        if done.kept:
            self.stdout.write(done.kept)
        self._say_what_to_migrate(done)
        self.stdout.write(AFTERWARDS)

    def _say_what_to_migrate(self, done):
        if done.to_migrate:
            self.stdout.write(
                f"The backup is {len(done.to_migrate)} migrations behind this version: "
                "run `manage.py migrate` after a restore."
            )


def _keys(identity):
    """The private keys: from a file or from standard input, and never an argument."""
    if identity != "-":
        return age.identities(Path(identity).read_text(encoding="utf-8"))
    if sys.stdin.isatty():
        return age.identities(getpass.getpass("Private key: "))
    return age.identities(sys.stdin.read())
