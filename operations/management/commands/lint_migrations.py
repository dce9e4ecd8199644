"""`manage.py lint_migrations`: what in a migration the release before could not live with."""

from django.core.management.base import BaseCommand

from operations.linting.linting import lint


class Command(BaseCommand):
    help = "Say which migrations could break the site while the release before still serves."
    requires_system_checks = ()

    def handle(self, **_options):
        found = lint()
        for finding in found:
            self.stderr.write(str(finding))
        if found:
            raise SystemExit(1)
