"""`manage.py rotate_sealing_keys`: all that is sealed is sealed anew with the newest key."""

from django.core.management.base import BaseCommand, CommandError

from services import at_rest, resealing
from services.models import Location, Phone
from services.visibility import Visibility


class Command(BaseCommand):
    help = (
        "Seal anew, with the newest of SEALING_KEYS, whatever an older one has sealed. May run "
        "while the site serves, twice at once, and again after it was stopped."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="only say how many rows need which key"
        )

    def handle(self, *, check, verbosity, **_options):
        if not check:
            done = resealing.reseal(self._told if verbosity > 1 else None)
            self.stdout.write(f"Sealed anew: {_rows(done.rows)}.")
        counts = resealing.counts()
        self._say(counts)
        self._say_left_open()
        self._refuse_unknown(counts)

    def _told(self, rows):
        self.stdout.write(f"  {rows}")

    def _say(self, counts):
        for number, key in enumerate(at_rest.sealing_keys(), start=1):
            count = counts.get(key.id, 0)
            name = f"Key {number} of SEALING_KEYS ({key.id}{', the newest' if number == 1 else ''})"
            self.stdout.write(f"{name}: {_rows(count)}.{_may_go(number, count)}")

    def _say_left_open(self):
        """Phones and places that are not sealed though their service is."""
        phones = Phone.objects.filter(service__visibility=Visibility.SEALED)
        places = Location.objects.filter(
            kind=Location.Kind.PHYSICAL, sites__service__visibility=Visibility.SEALED
        )
        left = [
            rows.exclude(visibility=Visibility.SEALED).distinct().count()
            for rows in (phones, places)
        ]
        if any(left):
            self.stdout.write(
                f"Not sealed, though their service is: {left[0]} phones and {left[1]} places. "
                "Seal them on its form."
            )

    def _refuse_unknown(self, counts):
        known = {key.id for key in at_rest.sealing_keys()}
        missing = {key: count for key, count in counts.items() if key not in known}
        if missing:
            said = ", ".join(f"{_rows(count)} need key {key}" for key, count in missing.items())
            raise CommandError(
                f"{said}, which is not in SEALING_KEYS: put it back, after the newest one."
            )


def _rows(count):
    return f"{count} row" if count == 1 else f"{count} rows"


def _may_go(number, count):
    if number == 1:
        return ""
    if count:
        return " Keep it: run this without --check first."
    return " It may be dropped, once no backup that you would restore needs it."
