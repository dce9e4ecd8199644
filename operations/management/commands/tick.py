"""`manage.py tick`: everything that is done by the clock, and nothing that is not due."""

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from operations.tick import clock, listing, running
from operations.tick.jobs import JOBS

CLOCK = (
    "the clock has jumped since the last tick. Work that deletes or asks because of a date waits "
    "for a day. If the clock is right: manage.py tick --clock-is-right"
)


class Command(BaseCommand):
    help = (
        "Do what is due by the clock. Run it every minute, on one machine or several: each job "
        "runs on one of them. What fails is named with the type of its error, and the end is not 0."
    )
    # Jobs have checks of their own; those of the whole site would cost a second each minute.
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--list", action="store_true", help="say how each job stands")
        parser.add_argument("--only", metavar="JOB", help="this job alone")
        parser.add_argument(
            "--now", action="store_true", help="with --only: whether it is due or not"
        )
        parser.add_argument(
            "--clock-is-right",
            action="store_true",
            help="after a jump of the clock, or a long time without a tick: go on at once",
        )

    def handle(self, *, only, now, clock_is_right, **options):
        if now and not only:
            raise CommandError("Say which job: tick --only JOB --now.")
        try:
            if options["list"]:
                self.stdout.write("\n".join(listing.table(timezone.now())))
                return
            if clock_is_right:
                clock.believe(timezone.now())
            failed = self._only(only, now) if only else running.run_due()
        except DatabaseError as error:
            raise CommandError(
                f"tick: the database does not answer ({type(error).__name__})."
            ) from error
        self._tell(failed)

    def _only(self, name, at_once):
        job = next((job for job in JOBS if job.name == name), None)
        if job is None:
            names = ", ".join(job.name for job in JOBS)
            raise CommandError(f"There is no job “{name}”. Use one of: {names}.")
        now = timezone.now()
        clock.look(now)
        if job.believes_clock and clock.doubted_until(now):
            return {name: clock.JUMPED}
        error = running.run(job, at_once=at_once)
        if error is None:
            self.stdout.write(f"{name}: not due, or running elsewhere: see tick --list")
        return {name: error} if error else {}

    def _tell(self, failed):
        for name, error in failed.items():
            self.stderr.write(f"{name}: {CLOCK if error == clock.JUMPED else error}")
        if failed:
            raise SystemExit(1)
