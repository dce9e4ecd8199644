"""What the pages of practice show, worked out before the templates."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learning.practice import comparing
from referrals import notices
from referrals.forms import in_words
from referrals.plan_page import clock_text
from referrals.words import say

#: The four groups, in the order of the page.
GROUPS = {
    "lgbtqi": gettext_lazy("LGBTQI+ people"),
    "women-girls": gettext_lazy("Women and girls"),
    "unaccompanied-children": gettext_lazy("Children who are here alone"),
    "families": gettext_lazy("Families"),
}
#: What stands beside a step that is not as in the other plan.
TAGS = {
    comparing.MISSING: gettext_lazy("missing in yours"),
    comparing.EXTRA: gettext_lazy("only in yours"),
    comparing.URGENCY: gettext_lazy("another time"),
    comparing.TIME: gettext_lazy("another time"),
    comparing.MOVED: gettext_lazy("another place in the order"),
    comparing.DOOR: gettext_lazy("another first door"),
}
#: A difference in a sentence.
SENTENCES = {
    comparing.MISSING: gettext_lazy("“%(need)s” is missing in your plan."),
    comparing.EXTRA: gettext_lazy("“%(need)s” stands in your plan only."),
    comparing.URGENCY: gettext_lazy(
        "“%(need)s”: “%(mine)s” in your plan, “%(reviewed)s” in the reviewed one."
    ),
    comparing.TIME: gettext_lazy(
        "“%(need)s”: “%(mine)s” in your plan, “%(reviewed)s” in the reviewed one."
    ),
    comparing.MOVED: gettext_lazy("“%(need)s” stands at another place in the order."),
    comparing.DOOR: gettext_lazy(
        "“%(need)s”: the first door is %(mine)s in your plan, %(reviewed)s in the reviewed one."
    ),
    comparing.NOTICE_MISSING: gettext_lazy("The notice “%(title)s” does not show in your plan."),
    comparing.NOTICE_EXTRA: gettext_lazy("The notice “%(title)s” shows in your plan only."),
}


@dataclass(frozen=True)
class CasePage:
    """A case in the language of the page."""

    code: str
    title: str
    group: str
    scene: tuple[str, ...]
    at: object
    teaching: str
    reviewed_on: object
    reviewer_role: str
    signed_off_by: str


@dataclass(frozen=True)
class StepInColumn:
    """A step of one of the two plans; without tags it is the same in both."""

    title: str
    time: str
    door: str
    tags: tuple


@dataclass(frozen=True)
class WhyRow:
    """An answer that differs: what was answered, what the scene says, what that changed."""

    question: str
    answered: str
    scene: tuple[str, ...]
    reviewed: str
    changes: tuple[str, ...]
    address: str


@dataclass(frozen=True)
class ComparisonPage:
    """The view model of templates/practice/comparison.html."""

    is_same: bool
    mine: tuple[StepInColumn, ...]
    reviewed: tuple[StepInColumn, ...]
    notices: tuple[str, ...]
    why: tuple[WhyRow, ...]
    together: tuple[str, ...]
    go_on: str


@dataclass(frozen=True)
class Sheets:
    """A case on two sheets of paper."""

    case: CasePage
    questions: tuple[str, ...]
    answers: tuple[tuple, ...]
    steps: tuple[StepInColumn, ...]
    notices: list


def groups(cases):
    """(code, name, cases) of every group that has cases."""
    return [
        (code, name, [case_page(case) for case in cases.values() if case.group == code])
        for code, name in GROUPS.items()
    ]


def case_page(case):
    """The `CasePage` of a `Case`."""
    return CasePage(
        code=case.code,
        title=say(case.title),
        group=GROUPS[case.group],
        scene=tuple(map(say, case.scene)),
        at=case.at,
        teaching=say(case.teaching),
        reviewed_on=case.reviewed_on,
        reviewer_role=say(case.reviewer_role),
        signed_off_by=case.signed_off_by,
    )


def comparison_page(made, seen, titles):
    """The page of a `Comparison`; `titles` maps needs to their names."""
    here = seen.guide
    tell = _Telling(titles, here.course.at)
    of_notices = (comparing.NOTICE_MISSING, comparing.NOTICE_EXTRA)
    return ComparisonPage(
        is_same=made.is_same,
        mine=tell.column(made.mine),
        reviewed=tell.column(made.reviewed),
        notices=tuple(tell.difference(d) for d in made.differences if d.kind in of_notices),
        why=tuple(_why(row, here, tell) for row in made.answers),
        together=tuple(map(tell.difference, made.together)),
        go_on="" if seen.journey.next is None else seen.next_address,
    )


def _why(row, here, tell):
    """One answer, as a row of the page."""
    quotes = [quote for fact in row.facts for quote in here.case.because.get(fact, ())]
    return WhyRow(
        question=say(row.question.title),
        answered=_answered(row),
        scene=tuple(_("In the scene: “%(words)s”") % {"words": say(quote)} for quote in quotes),
        reviewed=_reviewed(row),
        changes=tuple(map(tell.difference, row.explains)),
        address=here.question_address(row.question),
    )


def _answered(row):
    given = _only(row.mine, row.facts)
    if not row.is_answered:
        return _("You did not answer this question.")
    if not given:
        return _("You left it open.")
    return _("You answered “%(answer)s”.") % {"answer": in_words(row.question, given)}


def _reviewed(row):
    given = _only(row.reviewed, row.facts)
    if not given:
        return _("The scene does not say it: leave it open.")
    return _("The reviewed answer: “%(answer)s”.") % {"answer": in_words(row.question, given)}


def _only(answer, facts):
    return {fact: answer[fact] for fact in facts if fact in answer}


class _Telling:
    """Steps and differences in words, at the moment of the case."""

    def __init__(self, titles, at):
        self._titles, self._at = titles, at

    def column(self, placed):
        return tuple(self._in_column(each) for each in placed)

    def _in_column(self, placed):
        step = placed.step
        tags = tuple(dict.fromkeys(TAGS[kind] for kind in placed.kinds))
        return StepInColumn(self._need(step.need), self._time(step), _door(step), tags)

    def difference(self, each):
        """A difference in a sentence."""
        return str(SENTENCES[each.kind]) % self._parts(each)

    def _parts(self, each):
        if each.kind in (comparing.NOTICE_MISSING, comparing.NOTICE_EXTRA):
            return {"title": say((each.mine or each.reviewed).title)}
        say_one = _door if each.kind == comparing.DOOR else self._time
        parts = {"need": self._need(each.subject)}
        if each.mine and each.reviewed:
            parts |= {"mine": say_one(each.mine), "reviewed": say_one(each.reviewed)}
        return parts

    def _need(self, code):
        return self._titles.get(code, code)

    def _time(self, step):
        return clock_text(step, self._at)


def _door(step):
    return step.options[0].listing.name


def sheets(here, titles):
    """The two sheets of a case: what to play, and what was reviewed."""
    course = here.course
    walk = course.walk(course.answers_of(here.case.facts))
    tell = _Telling(titles, course.at)
    placed = [comparing.Placed(step, ()) for step in walk.plan.steps]
    return Sheets(
        case=case_page(here.case),
        questions=tuple(say(question.title) for question in walk.asked),
        answers=tuple(_said(here.case, q, walk) for q in walk.asked if walk.answer_to(q)),
        steps=tell.column(placed),
        notices=notices.shown(walk.plan.notices),
    )


def _said(case, question, walk):
    """(question, the reviewed answer in words, the words of the scene)."""
    given = walk.answer_to(question)
    quotes = [say(quote) for fact in given for quote in case.because.get(fact, ())]
    return say(question.title), in_words(question, given), tuple(dict.fromkeys(quotes))
