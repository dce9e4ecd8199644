"""`manage.py doctor`; `manage.py` itself leads to `operations.doctor.entry`, which needs no settings."""

import sys

from django.core.management.base import BaseCommand

from operations.doctor import entry, every_check, screen  # noqa: F401  (checks register themselves)
from operations.doctor.looking import look
from operations.doctor.site import Site


class Command(BaseCommand):
    help = "Says in one screen what is wrong or risky on this machine, and how to mend it."
    requires_system_checks = ()

    def add_arguments(self, parser):
        entry.add_arguments(parser)

    def handle(self, *_args, **options):
        report = look(Site())
        self.stdout.write(screen.as_json(report) if options["json"] else screen.as_text(report))
        if report.exit_code:
            sys.exit(report.exit_code)
