"""Which question comes next, and the proof that it can matter.

A question is asked only when some answer to it could change the plan. The proof is by
possibility: every condition of a rule or notice is evaluated for each value that a fact
not yet decided may take, and every check of matching for each listing that may serve a
possible need. What cannot differ is skipped. The proof never skips a question that could
matter (a brute force over a small city holds it to that).
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from referrals.pathway import facts as vocabulary
from referrals.pathway.facts import Facts, parse_facts
from referrals.pathway.matching import ASKS, CHECKS, is_never_delayed
from referrals.pathway.plan import FIRST_DAYS_HOURS, WEEK_HOURS
from referrals.pathway.predicates import PREDICATES
from referrals.pathway.rules import URGENCIES, Pathway, Question

#: Values that stand for all the others of a fact.
SAMPLES = {
    "danger": (None, *vocabulary.DANGER),
    "age": (None, *vocabulary.AGES),
    "unaccompanied": (None, True, False),
    "gender": (None, *vocabulary.GENDERS),
    "consent": (None, *vocabulary.CONSENT),
    "pregnant_possible": (None, True, False),
    "status": (None, *vocabulary.STATUSES),
    "children": (None, 0, 1),
    "oldest_son": (None, *range(31)),
    "near": (None,),
}


def samples(fact, pathway=None):
    """Values that stand for every value of a fact; for lists nothing, each one alone, and all."""
    if fact in SAMPLES:
        return SAMPLES[fact]
    if fact == "languages":
        return _language_samples(pathway)
    if fact == "hours_since":
        return _hours_samples(pathway)
    every = {
        "groups": vocabulary.GROUPS,
        "concerns": vocabulary.CONCERNS,
        "red_flags": vocabulary.RED_FLAGS,
        "wants": vocabulary.NEEDS,
        "prefers": vocabulary.PREFERENCES,
    }[fact]
    return ((), *((value,) for value in every), every)


def _hours_samples(pathway):
    """No time, the first hour, and both sides of every limit in the data and in the code."""
    limits = (
        {FIRST_DAYS_HOURS, WEEK_HOURS, *(w.hours for w in pathway.windows.values())}
        if pathway
        else {72}
    )
    return (None, 0, *(hours + side for hours in sorted(limits) for side in (0, 1)))


def _language_samples(pathway):
    offered = (
        option.value
        for question in (pathway.questions if pathway else ())
        for field in question.fields
        if field.fact == "languages"
        for option in field.options
    )
    return ((), *((tag,) for tag in offered))


@dataclass(frozen=True)
class Journey:
    """Where the answers lead: what was asked, what comes next, what else could sharpen the plan."""

    facts: Facts
    asked: tuple[Question, ...]
    next: Question | None
    refine: tuple[Question, ...]
    answers: Mapping[str, dict]
    about_left: int = 0

    def may_open(self, question_id):
        """Whether the answers lead to this question's page."""
        reachable = [*self.asked, *([self.next] if self.next else []), *self.refine]
        return any(question.id == question_id for question in reachable)


def replay(pathway: Pathway, answers: Mapping[str, dict], listings) -> Journey:
    """Follow stored answers from the first question; what no longer applies is dropped.

    `answers` maps a question's id to its facts as JSON values; a question answered "don't
    know" maps to an empty dict. An answer that cannot be read is dropped and asked again.
    """
    state = _State(pathway, listings)
    following = None
    for question in pathway.questions:
        if question.refine or not state.matters(question):
            continue
        if not state.take(question, answers):
            following = question
            break
    refine = state.refine(answers) if following is None else ()
    left = _about_left(state, following)
    return Journey(state.facts, tuple(state.asked), following, refine, dict(state.kept), left)


class _State:
    """Facts as they grow along the questions."""

    def __init__(self, pathway, listings):
        self.pathway, self.listings = pathway, listings
        self.raw, self.kept, self.asked = {}, {}, []
        self.decided = set()
        self.worlds = _Worlds(pathway, Facts())

    @property
    def facts(self):
        return self.worlds.facts

    def matters(self, question):
        self.decided |= _facts_before(self.pathway, question)
        return self.can_matter(question, _askable(self.pathway) - self.decided)

    def can_matter(self, question, undecided):
        return _can_matter(self.worlds, question, undecided, self.listings)

    def take(self, question, answers):
        if question.id not in answers:
            return False
        given = answers[question.id]
        wanted = {k: v for k, v in given.items() if k in question.facts}
        try:
            self.worlds = _Worlds(self.pathway, parse_facts({**self.raw, **wanted}))
        except vocabulary.FactError:
            return False
        self.raw.update(wanted)
        self.kept[question.id] = wanted
        self.asked.append(question)
        self.decided |= question.facts
        return True

    def refine(self, answers):
        offered = []
        for question in self.pathway.questions:
            if question.refine and self.can_matter(question, frozenset(question.facts)):
                offered.append(question)
                if self.take(question, answers):
                    self.asked.pop()
        return tuple(offered)


def _askable(pathway):
    return {fact for question in pathway.questions for fact in question.facts}


def _facts_before(pathway, question):
    before = itertools.takewhile(lambda q: q is not question, pathway.questions)
    return {fact for q in before if not q.refine for fact in q.facts}


def _about_left(state, following):
    """How many more questions are likely: those that can still matter as things stand."""
    if following is None:
        return 0
    rest = itertools.dropwhile(lambda q: q is not following, state.pathway.questions)
    undecided = _askable(state.pathway) - state.decided
    return sum(not q.refine and state.can_matter(q, undecided) for q in rest)


def can_matter(pathway, question, facts, undecided, listings):
    """Whether some answer to the question could change the plan, however the rest is answered."""
    return _can_matter(_Worlds(pathway, facts), question, undecided, listings)


def _can_matter(worlds, question, undecided, listings):
    proof = _Proof(worlds, frozenset(undecided) | question.facts)
    return proof.words_differ(question.facts) or proof.doors_differ(question.facts, listings)


class _Worlds:
    """What may be the case, where some of the facts are not decided; each is made once."""

    def __init__(self, pathway, facts):
        self.pathway, self.facts = pathway, facts
        self._made, self._truths = {}, {}

    def of(self, loose):
        """[({fact: sample}, the case with it)], for each choice of samples for the `loose` facts."""
        if loose not in self._made:
            names = sorted(loose)
            self._made[loose] = [
                (chosen, self.pathway.case(self.facts.with_facts(**chosen)))
                for values in itertools.product(*(samples(name, self.pathway) for name in names))
                for chosen in [dict(zip(names, values, strict=True))]
            ]
        return self._made[loose]

    def truth(self, name, loose):
        """What a predicate says in those worlds: some of True and False."""
        if (name, loose) not in self._truths:
            holds = PREDICATES[name].holds
            self._truths[name, loose] = {holds(case) for _chosen, case in self.of(loose)}
        return self._truths[name, loose]


class _Proof:
    """What is possible while some facts are undecided."""

    def __init__(self, worlds, undecided):
        self.worlds, self.pathway, self.undecided = worlds, worlds.pathway, undecided

    def words_differ(self, target):
        """Whether the target facts can switch a rule, a window or a notice."""
        if any(self._depends(notice.when, target) for notice in self.pathway.notices):
            return True
        return any(
            self._depends(rule.when, target) or self._clock_depends(rule, target)
            for rule in self._rules_that_could_count()
        )

    def doors_differ(self, target, listings):
        """Whether the target facts can change how any listing fits a need that may arise."""
        needs = {rule.need for rule in self._rules_that_could_count()}
        if "near" in target:
            return any(
                listing.needs & needs and listing.place and not listing.confidential
                for listing in listings
            )
        checks = [check for check in CHECKS if check.reads & target]
        return any(
            self._check_differs(check, listing, need, target)
            for listing in listings
            for need in sorted(listing.needs & needs)
            for check in checks
        )

    def possible(self, condition):
        """The truth values a condition may still take."""
        alls = [self._truth(name) for name in condition.all]
        anys = [self._truth(name) for name in condition.any]
        nones = [self._truth(name) for name in condition.none]
        surely_false = (
            any(t == {False} for t in alls)
            or (anys and all(t == {False} for t in anys))
            or any(t == {True} for t in nones)
        )
        if surely_false:
            return {False}
        surely_true = (
            all(t == {True} for t in alls)
            and (not anys or any(t == {True} for t in anys))
            and all(t == {False} for t in nones)
        )
        return {True} if surely_true else {True, False}

    def _truth(self, name):
        return self.worlds.truth(name, PREDICATES[name].reads & self.undecided)

    def _depends(self, condition, target):
        if self.possible(condition) != {True, False}:
            return False
        return any(self._hangs_on(name, target) for name in condition.names)

    def _hangs_on(self, name, target):
        predicate = PREDICATES[name]
        return self._varies(predicate.reads, target, predicate.holds)

    def _varies(self, reads, target, outcome):
        """Whether the outcome differs for two worlds that differ in the target facts alone."""
        if not reads & target:
            return False
        rest = sorted(reads & self.undecided - target)
        seen = {}
        for chosen, case in self.worlds.of(reads & self.undecided):
            aside = tuple(chosen[name] for name in rest)
            if seen.setdefault(aside, found := outcome(case)) != found:
                return True
        return False

    def _clock_depends(self, rule, target):
        if not rule.windows or self.possible(rule.when) == {False}:
            return False
        windows = [
            self.pathway.windows[name] for name in rule.windows if name in self.pathway.windows
        ]
        return ("hours_since" in target and bool(windows)) or any(
            self._depends(window.when, target) for window in windows
        )

    def _rules_that_could_count(self):
        """Rules that may hold, may be allowed, and are not surely outdone by an earlier one."""
        consent_may_be_given = self._truth("consent-refused") != {True}
        sure = {}
        for rule in self.pathway.rules:
            truth = self.possible(rule.when)
            if truth == {False} or not (rule.without_consent or consent_may_be_given):
                continue
            rank = URGENCIES.index(rule.urgency)
            if sure.get(rule.need, len(URGENCIES)) <= rank:
                continue
            if truth == {True} and self._surely_allowed(rule):
                sure[rule.need] = rank
            yield rule

    def _surely_allowed(self, rule):
        return rule.without_consent or self._truth("consent-refused") == {False}

    def _check_differs(self, check, listing, need, target):
        def outcome(case):
            found = check.findings(listing, case.facts, need)
            unasked = is_never_delayed(listing, need)
            return tuple(f for f in found if not unasked or f.stance != ASKS)

        return self._varies(check.reads, target, outcome)
