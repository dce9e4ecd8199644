"""`manage.py practice_cases`: walk every practice case and say which now end elsewhere.

Run it after a change of a rule: it shows the difference line by line, and what to paste into
fixtures/practice/cases.toml if the new plan is right.
"""

import difflib

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from learning.practice import cases, city
from learning.practice.fitting import unasked
from learning.practice.regression import ending, reviewed_ending


class Command(BaseCommand):
    help = "Walk the practice cases; exit with an error where a plan is not the reviewed one."

    def add_arguments(self, parser):
        parser.add_argument("case", nargs="*", help="codes of cases; all without any")

    def handle(self, *args, case, **options):
        wanted = _wanted(case)
        with translation.override("en"):
            elsewhere = [each.code for each in wanted if not self._is_same(each)]
        if elsewhere:
            raise CommandError(
                f"{len(elsewhere)} of {len(wanted)} end elsewhere: {', '.join(elsewhere)}"
            )
        self.stdout.write(f"All {len(wanted)} cases end where they should.")

    def _is_same(self, case):
        course = city.course(case)
        now, reviewed = ending(case, course), reviewed_ending(case)
        lost = unasked(case, course)
        if now == reviewed and not lost:
            self.stdout.write(f"as reviewed     {case.code}")
            return True
        self.stdout.write(f"ENDS ELSEWHERE  {case.code} ({case.title}, {case.group})")
        for fact in lost:
            self.stdout.write(
                f"    the guide does not ask for “{fact}” here: take it out of the facts"
            )
        lines = difflib.unified_diff(reviewed.lines(), now.lines(), "reviewed", "now", lineterm="")
        self.stdout.write("\n".join(f"    {line}" for line in lines))
        self.stdout.write("  If a practitioner agrees, put this into the case and set reviewed_on:")
        self.stdout.write(now.as_toml())
        return False


def _wanted(codes):
    try:
        found = {case.code: case for case in cases.read()}
    except cases.CaseError as error:
        raise CommandError(f"{error}. {error.hint}") from error
    unknown = [code for code in codes if code not in found]
    if unknown:
        raise CommandError(f"There is no case “{unknown[0]}”. There are: {', '.join(found)}.")
    return [found[code] for code in codes or found]
