"""Two plans side by side: what differs, and which answer explains it. Plain Python.

Nothing is guessed: the engine runs again with one answer put right at a time, and what is then gone
is what that answer explains.
"""

from dataclasses import dataclass

from referrals.pathway.plan import Step
from referrals.pathway.rules import Question

MISSING, EXTRA, URGENCY, TIME, MOVED, DOOR = "missing", "extra", "urgency", "time", "moved", "door"
NOTICE_MISSING, NOTICE_EXTRA = "notice-missing", "notice-extra"


@dataclass(frozen=True)
class Difference:
    """One way in which a plan is not the reviewed one; `subject` is a need or the id of a notice.

    `mine` and `reviewed` are the steps (or notices) that differ, None where there is none.
    """

    kind: str
    subject: str
    mine: object = None
    reviewed: object = None

    @property
    def key(self):
        return (self.kind, self.subject)


@dataclass(frozen=True)
class Placed:
    """A step in its column, and in which ways it differs; no kinds: it is the same."""

    step: Step
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Differing:
    """A question that was answered otherwise than the scene says, and what that changed.

    `facts` are those that differ. With no `explains` the answer changes nothing by itself.
    """

    question: Question
    mine: dict
    reviewed: dict
    facts: tuple[str, ...]
    is_answered: bool
    explains: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The learner's plan, the reviewed one, and why they differ."""

    mine: tuple[Placed, ...]
    reviewed: tuple[Placed, ...]
    differences: tuple[Difference, ...]
    answers: tuple[Differing, ...]
    #: What no single answer explains: several of them together do.
    together: tuple[Difference, ...] = ()

    @property
    def is_same(self):
        return not self.differences


def compare(course, given, facts):
    """The `Comparison` of the answers given with those that say the reviewed facts (raw values)."""
    own, right = course.finished(given), course.answers_of(facts)
    mine, reviewed = course.walk(own), course.walk(right)
    found = differences(mine.plan, reviewed.plan)
    rows = _differing(given, mine, reviewed)
    answers, together = _explained(course, (own, right), reviewed, rows, found)
    return Comparison(
        mine=_placed(mine.plan, found),
        reviewed=_placed(reviewed.plan, found),
        differences=found,
        answers=answers,
        together=together,
    )


def differences(mine, reviewed):
    """Every `Difference` between two plans: steps in the order of the reviewed one, then notices."""
    own = {step.need: step for step in mine.steps}
    theirs = {step.need: step for step in reviewed.steps}
    moved = _moved(own, theirs)
    found = []
    for need, step in theirs.items():
        if need not in own:
            found.append(Difference(MISSING, need, None, step))
            continue
        found += [
            Difference(kind, need, own[need], step)
            for kind in _kinds(own[need], step, is_moved=need in moved)
        ]
    found += [Difference(EXTRA, need, step) for need, step in own.items() if need not in theirs]
    return (*found, *_notices(mine, reviewed))


def _kinds(mine, reviewed, *, is_moved):
    if mine.urgency != reviewed.urgency:
        yield URGENCY
    elif (mine.deadline_hours, mine.hours_left) != (reviewed.deadline_hours, reviewed.hours_left):
        yield TIME
    elif is_moved:
        yield MOVED
    if mine.options[0].listing.slug != reviewed.options[0].listing.slug:
        yield DOOR


def _moved(own, theirs):
    """Needs of both plans that stand out of order: those outside the longest run in the same order."""
    shared = [need for need in own if need in theirs]
    place = {need: number for number, need in enumerate(theirs)}
    runs = []
    for need in shared:
        before = [run for run in runs if place[run[-1]] < place[need]]
        runs.append([*max(before, key=len, default=[]), need])
    return set(shared) - set(max(runs, key=len, default=[]))


def _notices(mine, reviewed):
    own = {notice.id: notice for notice in mine.notices}
    theirs = {notice.id: notice for notice in reviewed.notices}
    for name, notice in theirs.items():
        if name not in own:
            yield Difference(NOTICE_MISSING, name, None, notice)
    for name, notice in own.items():
        if name not in theirs:
            yield Difference(NOTICE_EXTRA, name, notice)


def _placed(plan, found):
    return tuple(
        Placed(step, tuple(each.kind for each in found if each.subject == step.need))
        for step in plan.steps
    )


def _explained(course, both, reviewed, answers, found):
    """The answers that differ with what each explains, and the differences left over.

    `both` are all answers as they were given, and all as the scene says.
    """
    own, right = both
    put_right = {
        each.question.id: _keys_gone(course, reviewed.plan, found, _with_right(own, right, each))
        for each in answers
    }
    left = {each.key for each in found} - {key for keys in put_right.values() for key in keys}
    alone = {
        each.question.id: left
        & _keys(course, reviewed.plan, _with_wrong(own, right, reviewed, each))
        for each in answers
        if left
    }
    explained = {name: put_right[name] | alone.get(name, set()) for name in put_right}
    known = {key for keys in explained.values() for key in keys}
    rows = tuple(
        _with_explained(each, [d for d in found if d.key in explained[each.question.id]])
        for each in answers
    )
    return rows, tuple(each for each in found if each.key not in known)


def _differing(given, mine, reviewed):
    """Questions met on both ways and answered differently; the first such one leads to all others."""
    met = {question.id for question in mine.asked}
    rows = []
    for question in reviewed.asked:
        own, theirs = mine.answer_to(question), reviewed.answer_to(question)
        facts = tuple(
            field.fact
            for field in question.fields
            if _plain(own.get(field.fact)) != _plain(theirs.get(field.fact))
        )
        if question.id in met and facts:
            rows.append(Differing(question, own, theirs, facts, question.id in given))
    return rows


def _plain(value):
    """A value to compare: the order of a list means nothing, and an empty one is not known."""
    return frozenset(value) or None if isinstance(value, list) else value


def _with_right(own, right, each):
    """One answer put right; what is then asked for the first time is answered as the scene says."""
    return {**right, **own, each.question.id: each.reviewed}


def _with_wrong(own, right, reviewed, each):
    """One answer as it was given, all others right; what is then asked anew as it was given."""
    met = {question.id for question in reviewed.asked}
    return {**right, **{k: v for k, v in own.items() if k not in met}, each.question.id: each.mine}


def _keys(course, reviewed, answers):
    return {each.key for each in differences(course.walk(answers).plan, reviewed)}


def _keys_gone(course, reviewed, found, answers):
    return {each.key for each in found} - _keys(course, reviewed, answers)


def _with_explained(each, explains):
    return Differing(
        each.question, each.mine, each.reviewed, each.facts, each.is_answered, tuple(explains)
    )
