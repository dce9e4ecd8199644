"""What one question's page shows, worked out before the template."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals import guide, notices, words


@dataclass(frozen=True)
class QuestionOnPage:
    """The view model of templates/referrals/question.html."""

    heading: str
    hint: str
    why: str
    how: str
    number: int | None
    progress: str
    form: object
    errors: list
    dangers: list
    known_dangers: list
    duties: list
    known_duties: list
    emergency_lines: list
    plan: str
    back: str
    is_refine: bool
    address: str
    is_forgotten: bool


def question_page(seen, form, *, is_forgotten=False):
    """The page of the form's question in this visit; forgotten: the answers before it are gone."""
    question = form.question
    new, known = map(notices.shown, guide.warnings(seen, question))
    return QuestionOnPage(
        heading=words.say(question.title),
        hint=words.say(question.hint),
        why=words.say(question.why),
        how=words.say(question.how),
        number=seen.number_of(question),
        progress=_progress(seen, question),
        form=form,
        errors=[_error(field) for field in form.fields if field.error],
        dangers=_dangers(new),
        known_dangers=_dangers(known),
        duties=_others(new),
        known_duties=_others(known),
        emergency_lines=seen.guide.emergency_lines,
        plan=seen.guide.plan_address,
        back=seen.address_before(question),
        is_refine=question.refine,
        address=seen.guide.question_address(question),
        is_forgotten=is_forgotten,
    )


def _progress(seen, question):
    if question.refine:
        return _("makes the plan fit better")
    left = max(seen.journey.about_left, 1)
    return ngettext("about %(count)d question", "about %(count)d questions", left) % {"count": left}


def _error(field):
    return {"target": field.choices[0].id, "text": field.error}


def _dangers(shown):
    return [notice for notice in shown if notice.level == "danger"]


def _others(shown):
    return [notice for notice in shown if notice.level != "danger"]
