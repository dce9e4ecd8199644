"""Passages as pages show them: in the reader's language, with what stands behind them."""

from dataclasses import dataclass

from learning import text
from learning.models import Passage

ENGLISH = "en"


@dataclass(frozen=True)
class Words:
    """A title and what it says, in one language."""

    title: str
    blocks: list
    language: str


@dataclass(frozen=True)
class ShownPassage:
    """A passage and its words. `english` is there where the English is newer than these."""

    passage: Passage
    words: Words
    is_draft: bool = False
    english: Words | None = None

    @property
    def code(self):
        return self.passage.code

    @property
    def says_its_kind(self):
        """Whether its kind tells more than the stage that it stands in."""
        return self.passage.kind != self.passage.stage


def index():
    """Every passage that is shown, without its words, in the order of the files; one query."""
    return list(Passage.objects.filter(is_shown=True))


def shown(passages, language):
    """`ShownPassage`s of these, in the same order; one query. One without any words is left out."""
    model = Passage._parler_meta.root_model
    codes = [passage.code for passage in passages]
    rows = model.objects.filter(master__in=codes, language_code__in={language, ENGLISH})
    by_place = {(row.master_id, row.language_code): row for row in rows}
    found = (
        _shown(p, by_place.get((p.code, language)), by_place.get((p.code, ENGLISH)))
        for p in passages
    )
    return [one for one in found if one is not None]


def _shown(passage, said, english):
    if said is None or english is None or said is english:
        row = said or english
        return row and ShownPassage(passage, words_of(row), is_draft=row.is_draft)
    behind = is_behind(said, english)
    return ShownPassage(
        passage, words_of(said), said.is_draft, words_of(english) if behind else None
    )


def words_of(row):
    """The `Words` of a translation."""
    return Words(row.title, text.blocks(row.body), row.language_code)


def is_behind(said, english):
    """Whether a translation was made from other English than there is now."""
    return said.source != text.fingerprint(english.title, english.body)
