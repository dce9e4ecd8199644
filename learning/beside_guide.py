"""/<city>/guide/help/: what helps now, opened from a question or a step, and the way back to it.

What is asked for and what it is about come in the body and in the sealed cookie: no address
tells a need, a group or an answer.
"""

from dataclasses import dataclass

from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from learning import choosing, reading
from referrals.forms import AnswerForm
from referrals.pathway import facts
from referrals.visiting import SeeOther, city_guide, context, remember, visit, visit_with

#: A plan has fewer steps than this.
MOST_STEPS = 99


@dataclass(frozen=True)
class Asked:
    """What a button asked for: what it is about, and where its reader goes back to."""

    key: str
    back: str
    back_text: str
    question: object = None


@require_http_methods(["GET", "HEAD", "POST"])
def help_now(request, city):
    """The passage for what the button names; 400 where it names nothing.

    Opened by its address alone (after a change of language, say) it leads on in the guide.
    """
    seen = visit(request, city_guide(request, city))
    if request.method != "POST":
        return remember(SeeOther(seen.next_address), seen)
    asked = _asked(seen, request.POST.get("for", ""))
    if asked is None:
        page = {"back": seen.next_address, "back_text": _("Back to the guide")}
        return _page(request, seen, page, [], status=400)
    seen = _with_ticks(request, seen, asked.question)
    chosen = choosing.choose(reading.index(), asked.key, seen.journey.facts.all_groups)
    page = {"back": asked.back, "back_text": asked.back_text}
    return _page(request, seen, page, reading.shown(chosen, get_language()))


def _page(request, seen, page, passages, status=200):
    shown = context(seen, passages=passages, plan=seen.guide.plan_address, **page)
    return remember(render(request, "learning/help.html", shown, status=status), seen)


def _asked(seen, wanted):
    """`question:<id>`, or `need:<code>:<number of the step>`; None for anything else."""
    kind, _colon, name = wanted.partition(":")
    if kind == "question":
        return _of_question(seen, name)
    if kind == "need":
        return _of_step(seen, *name.partition(":")[::2])
    return None


def _of_question(seen, name):
    question = seen.pathway.question(name)
    if question is None:
        return None
    address = seen.guide.question_address(question)
    return Asked(f"question:{name}", address, _("Back to the question"), question)


def _of_step(seen, need, number):
    if need not in facts.NEEDS or not number.isascii() or not number.isdigit():
        return None
    if not 0 < int(number[:3]) <= MOST_STEPS:
        return None
    address = f"{seen.guide.plan_address}#step-{int(number[:3])}"
    return Asked(f"need:{need}", address, _("Back to the plan"))


def _with_ticks(request, seen, question):
    """The visit with what was ticked before the button was pressed: it is still ticked afterwards."""
    if question is None or not seen.may_open(question):
        return seen
    form = AnswerForm(question, posted=request.POST)
    if form.is_untouched or form.errors:
        return seen
    changed = {**seen.answers, question.id: form.answer}
    return visit_with(seen.guide, changed, seen.beside)
