"""`manage.py compilemessages`: the catalogues as the site reads them, with what machines drafted.

Drafts are shown, and labelled (`services.translating.catalogues`).
"""

from django.core.management.commands import compilemessages


class Command(compilemessages.Command):
    program_options = (*compilemessages.Command.program_options, "--use-fuzzy")

    def add_arguments(self, parser):
        super().add_arguments(parser)
        # Packages bring their catalogues compiled.
        parser.set_defaults(ignore_patterns=[".venv"])

    def handle(self, **options):
        self.program_options = list(self.program_options)
        super().handle(**options)
