"""`manage.py backup`: an encrypted, proved copy of the database; see docs/operators.md."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from operations.backup import age, making, site
from operations.backup.command import one_line
from operations.backup.errors import NotSetError
from operations.backup.files import megabytes

NEW_KEY = """\
# A key pair for Waymark's backups. It is shown this once and kept nowhere.
#
# Public half: set it where the site runs. It locks backups and opens none.
#   BACKUP_PUBLIC_KEY={public}
#
# Private half: the next line opens every backup that is locked with the public half. Keep it in
# two places that are not the site's machine, such as a password safe and a sealed envelope. Who
# has it and a backup has everything in it; without it no backup can be opened, by nobody.
{private}
"""
NO_KEY = (
    "BACKUP_PUBLIC_KEY is not set: make a key pair with `manage.py backup --new-key`, on a machine "
    "that is not the site's."
)
NO_FOLDER = "Say where backups go: set BACKUP_DIR, or use --to FOLDER."


class Command(BaseCommand):
    help = (
        "Copy the database while the site serves, encrypted to BACKUP_PUBLIC_KEY. What is written "
        "is restored on its way and compared. Run it every day; a second run at once is refused."
    )
    #: A site that refuses to start is to be backed up all the same.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--new-key", action="store_true", help="print a new key pair, and no more"
        )
        parser.add_argument("--to", metavar="FOLDER", help="write there instead of to BACKUP_DIR")
        parser.add_argument(
            "--keep", type=int, metavar="N", help="then delete all but the newest N"
        )
        parser.add_argument(
            "--only-read",
            action="store_true",
            help="PostgreSQL: read the dump to its end instead of restoring it to a scratch database",
        )

    def handle(self, *, new_key, to, keep, only_read, **_options):
        if new_key:
            public, private = age.new_key()
            self.stdout.write(NEW_KEY.format(public=public, private=private), ending="")
            return
        with one_line("backup"):
            folder = _folder(to, keep)
            made = making.make(
                site.database(only_read=only_read), folder, settings.BACKUP_PUBLIC_KEY, keep=keep
            )
        site.note("backup")
        self.stdout.write(f"{made.path} ({megabytes(made.size)})")
        self.stdout.write(made.manifest.in_words())
        self.stdout.write(f"Proof: {made.proof}.")
        for path in made.deleted:
            self.stdout.write(f"Deleted: {path.name}")


def _folder(to, keep):
    """The folder to write to; raises where something is missing that nobody can guess."""
    if keep is not None and keep < 1:
        raise CommandError("--keep is at least 1: the new backup stays.")
    if not settings.BACKUP_PUBLIC_KEY:
        raise NotSetError(NO_KEY)
    folder = to or settings.BACKUP_DIR
    if not folder:
        raise NotSetError(NO_FOLDER)
    return Path(folder).absolute()
