"""`manage.py makemessages`: bring the catalogues of `locale/` up to what the code says.

Django's command with what this project wants of it: all languages, no guesses (`fuzzy` says that
a machine drafted a text, and nothing else), no line numbers, no dates and nothing obsolete, so that
a catalogue changes only where a text did.
"""

import re
from pathlib import Path

from django.conf import settings
from django.core.management.commands import makemessages

#: Folders whose texts no reader sees.
NOT_SHOWN = ("tests", "benchmarks", "staticfiles")
DATE = re.compile(r'^"POT-Creation-Date: .*\\n"\n', re.MULTILINE)


class Command(makemessages.Command):
    help = "Update the catalogues of all languages with the texts of the code and the templates."
    msgmerge_options = (*makemessages.Command.msgmerge_options, "--no-fuzzy-matching")

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(add_location="file", no_obsolete=True)

    def handle(self, *args, **options):
        self.msgmerge_options = list(self.msgmerge_options)
        codes = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        options["locale"] = options["locale"] or codes
        options["ignore_patterns"] = [*options["ignore_patterns"], *NOT_SHOWN]
        super().handle(*args, **options)

    def build_potfiles(self):
        made = super().build_potfiles()
        for path in map(Path, made):
            path.write_text(DATE.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
        return made
