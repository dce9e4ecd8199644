"""/learn/ and its toolboxes, for everybody."""

from dataclasses import dataclass
from itertools import groupby

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from learning import reading
from learning.models import Passage

Stage, Kind = Passage.Stage, Passage.Kind
#: The passages for everybody have an address as a group has.
EVERYBODY = "everybody"
WORDS = (Kind.SAY, Kind.AVOID)


@dataclass(frozen=True)
class Box:
    """A toolbox: the slug of its address, its name, and (stage, entries) of the stages it has."""

    slug: str
    name: str
    stages: list


@require_safe
def overview(request):
    """The groups and their stages at a glance; two queries."""
    passages = reading.shown(reading.index(), get_language())
    boxes = [_box(slug, name, passages) for slug, name in names().items()]
    yourself = [p for p in passages if not p.passage.group and p.passage.stage == Stage.YOURSELF]
    shown = {
        "groups": [box for box in boxes if box.slug != EVERYBODY and box.stages],
        "everybody": next(box for box in boxes if box.slug == EVERYBODY),
        "yourself": yourself,
    }
    return render(request, "learning/overview.html", shown)


@require_safe
def toolbox(request, box):
    """One toolbox, stage by stage; two queries."""
    if box not in names():
        raise Http404
    group = "" if box == EVERYBODY else box
    found = [passage for passage in reading.index() if passage.group == group]
    page = _box(box, names()[box], reading.shown(found, get_language()))
    return render(request, "learning/toolbox.html", {"box": page, "is_for_all": not group})


def names():
    """Slug -> name of every toolbox, in the order in which they stand."""
    return dict(Passage.Group.choices) | {EVERYBODY: _("For everybody")}


def _box(slug, name, passages):
    group = "" if slug == EVERYBODY else slug
    ours = [one for one in passages if one.passage.group == group]
    by_stage = {stage: [p for p in ours if p.passage.stage == stage] for stage in Stage}
    return Box(slug, name, [(s, _entries(found)) for s, found in by_stage.items() if found])


def _entries(passages):
    """Lists of one passage, or of words to say beside words to avoid."""
    parts = groupby(passages, key=lambda one: one.passage.kind in WORDS)
    entries = []
    for are_words, found in parts:
        entries += [list(found)] if are_words else [[one] for one in found]
    return entries
