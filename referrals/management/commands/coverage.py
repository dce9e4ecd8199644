"""`manage.py coverage brussels`: for whom a city has no door of its own, as text."""

from django.core.management.base import BaseCommand, CommandError

from referrals.coverage import phrases, table
from referrals.coverage.dead_ends import FAR_LINES, NO_DOOR, proof_of
from referrals.coverage.matrix import matrix_of
from services.models import City
from services.names import names

ENDS = {NO_DOOR: "no door at all", FAR_LINES: "European lines alone"}


class Command(BaseCommand):
    help = "Print how a city is covered, and which steps of all plans fall back, worst first."

    def add_arguments(self, parser):
        parser.add_argument("city", help="for example brussels")

    def handle(self, *args, city, **options):
        found = City.objects.select_related("country").filter(slug=city).first()
        if found is None:
            known = ", ".join(City.objects.values_list("slug", flat=True))
            raise CommandError(f"No city “{city}”. There are: {known}.")
        self._matrix(matrix_of(found))
        self._dead_ends(proof_of(found), names().needs)

    def _matrix(self, matrix):
        self.stdout.write(f"{matrix.masks.size} listings, {len(matrix.states)} cells")
        for hour, counts in matrix.counts("hour").items():
            told = ", ".join(
                f"{counts[state]} {words}" for state, (_s, words) in table.SIGNS.items()
            )
            self.stdout.write(f"  {hour}: {told}")

    def _dead_ends(self, proof, titles):
        self.stdout.write(
            f"{proof.combinations} combinations, {proof.steps} different steps, "
            f"{proof.planned} planned in full, {len(proof.dead_ends)} kinds fall back:"
        )
        for one in proof.dead_ends:
            end = ENDS.get(one.ends_in) or titles.get(one.ends_in, one.ends_in)
            who = phrases.people_of_grid(one.facts)
            need = titles.get(one.need, one.need)
            self.stdout.write(f"  {one.urgency}: {need}: {who} -> {end} ({one.combinations})")
