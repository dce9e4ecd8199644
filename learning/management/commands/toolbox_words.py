"""`manage.py toolbox_words`: the files for those who translate the toolboxes, with what they have so far."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from learning import fixture_files
from services.translating import po


class Command(BaseCommand):
    help = "Write fixtures/translations/toolboxes.<language>.po: every English text, translations kept."

    def add_arguments(self, parser):
        parser.add_argument("languages", nargs="*", help="default: every language but English")

    def handle(self, *, languages, **_options):
        others = [code for code, _name in settings.LANGUAGES if code != "en"]
        for language in languages or others:
            if language not in others:
                raise CommandError(f"“{language}” is not one of {', '.join(others)}.")
            try:
                rows = fixture_files.read()
                entries = fixture_files.entries(rows, language)
            except fixture_files.FixtureError as error:
                raise CommandError(str(error)) from error
            path = fixture_files.translation_file(language)
            path.parent.mkdir(exist_ok=True)
            po.write(path, language, entries)
            self.stdout.write(f"{path.name}: {len(entries)} texts")
