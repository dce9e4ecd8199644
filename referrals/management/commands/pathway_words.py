"""`manage.py pathway_words`: write down the texts of the pathway's data for translators.

`makemessages` reads Python, not TOML. The file made here names every text once, so that it
lands in the catalogues; `referrals.words.say` looks it up there.
"""

import json
from pathlib import Path

from django.core.management.base import BaseCommand

from referrals.checks import every_pathway

FILE = Path(__file__).resolve().parents[2] / "pathways" / "words.py"
HEAD = '''"""{about}, for translators. Made by `manage.py {command}`."""

from django.utils.translation import gettext_noop as _

WORDS = (
'''


class Command(BaseCommand):
    help = "Write the texts of the pathway's data where makemessages finds them."

    def handle(self, *args, **options):
        FILE.write_text(words_module(), encoding="utf-8")
        self.stdout.write("Now run makemessages.")


def words_module():
    """The text of the module, from the data as it stands."""
    return module_of(_texts(), "Texts of the pathway's data", "pathway_words")


def module_of(texts, about, command):
    """A module that names these texts once each; `about` and `command` say whose they are."""
    lines = (f"    _({json.dumps(text, ensure_ascii=False)}),\n" for text in sorted(texts))
    return f"{HEAD.format(about=about, command=command)}{''.join(lines)})\n"


def _texts():
    return {text for pathway in every_pathway() for text in _of(pathway) if text}


def _of(pathway):
    for question in pathway.questions:
        yield from (question.title, question.hint, question.why, question.how)
        for field in question.fields:
            yield field.legend
            yield from (word for option in field.options for word in (option.label, option.hint))
    for rule in pathway.rules:
        yield rule.why
    for notice in pathway.notices:
        yield from (notice.title, notice.text)
