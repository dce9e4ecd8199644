"""`manage.py practice_words`: write down the words of the practice for translators.

As `pathway_words` does for the pathway: the cases by whole paragraphs, and the practice city.
"""

from pathlib import Path

from django.core.management.base import BaseCommand

from learning.practice import cases, city
from referrals.management.commands import pathway_words

FILE = Path(__file__).resolve().parents[2] / "practice" / "words.py"
ABOUT = "Texts of the practice cases and the practice city"


class Command(BaseCommand):
    help = "Write the texts of the practice where makemessages finds them."

    def handle(self, *args, **options):
        FILE.write_text(words_module(), encoding="utf-8")
        self.stdout.write("Now run makemessages.")


def words_module():
    """The text of the module, from the files as they stand."""
    texts = {text for case in cases.read() for text in _of(case)} | set(city.texts())
    return pathway_words.module_of(texts - {""}, ABOUT, "practice_words")


def _of(case):
    yield from (case.title, case.teaching, case.reviewer_role, *case.scene)
    for quotes in case.because.values():
        yield from quotes
