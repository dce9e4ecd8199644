"""What the plan's page shows, worked out before the template."""

from dataclasses import dataclass, field

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from referrals import notices, words
from referrals.door_card import DoorCard, door_card
from referrals.forms import in_words
from referrals.pathway import ranking
from referrals.pathway.plan import Step
from referrals.pathway.rules import Review
from referrals.told_page import said_lines

#: How many steps stand open; a tired person remembers few doors (design, principle 8).
OPEN_STEPS = 3
LETTERS = "ABC"
EVENING, MORNING = 18, 5

STOP_CLASSES = {
    "now": "stop--now",
    "hours": "stop--clock",
    "today": "stop--today",
    "soon": "stop--later",
    "when-ready": "stop--later",
}

#: Notices that are read where they are used: at the first of these steps that the plan has.
NOTICE_STEPS = {
    "hiv-pep-window": ("rape-care",),
    "emergency-contraception-window": ("rape-care", "sexual-health"),
    "evidence-window": ("evidence", "rape-care"),
    "evidence-without-police": ("evidence", "rape-care"),
    "never-too-late": ("rape-care", "psychosocial"),
    "guardian-must-be-appointed": ("guardianship",),
    "undocumented-care": ("rape-care", "urgent-medical", "medical-care", "sexual-health"),
    "residence-dependent-permit": ("asylum-residence", "legal-advice"),
    "no-family-interpreter": ("interpretation",),
}
#: Notices about the person's yes or no, shown whole.
CONSENT_CODES = ("consent-needed", "no-consent-options")


@dataclass(frozen=True)
class Stop:
    """One step on the clock rail; `said` is what this device told of doors here."""

    number: int
    step: Step
    title: str
    time: str
    css: str
    why: str
    review: Review
    plan_a: DoorCard
    repeats: str
    alternatives: list[DoorCard]
    passed_over: list
    also_passed_over: int
    notices: list = field(default_factory=list)
    said: list = field(default_factory=list)
    next_title: str = ""

    @property
    def next_number(self):
        return self.number + 1

    @property
    def has_turned_away(self):
        """Whether a door of its own is told to have turned somebody away."""
        return any(map(ranking.turned_away, (*self.step.options, *self.step.set_aside)))


@dataclass(frozen=True)
class PlanPage:
    """The view model of templates/referrals/plan.html."""

    at: object
    is_refused: bool
    is_forgotten: bool
    dangers: list
    duties: list
    consent: list
    in_mind: list
    about: list
    emergency_lines: list
    open_stops: list[Stop]
    folded_stops: list[Stop]
    refine: list
    answers: list
    go_on: str
    go_on_text: str

    @property
    def cards(self):
        """Every door of the plan."""
        stops = (*self.open_stops, *self.folded_stops)
        return [card for stop in stops for card in (stop.plan_a, *stop.alternatives)]


def plan_page(plan, seen, titles):
    """The page of a plan made for this visit; `titles` maps needs to their names."""
    shown = notices.shown(plan.notices)
    stops, placed = _stops(plan, seen, titles, shown)
    rest = [notice for notice in shown if notice.id not in placed]
    return PlanPage(
        at=plan.at,
        is_refused=seen.journey.facts.consent in ("no", "not-now"),
        is_forgotten=not seen.answers,
        dangers=[n for n in rest if n.level == "danger"],
        duties=[n for n in rest if n.level == "duty"],
        consent=[n for n in rest if n.code in CONSENT_CODES],
        in_mind=[n for n in rest if n.level == "care" and n.code not in CONSENT_CODES],
        about=[n for n in rest if n.level == "info"],
        emergency_lines=seen.guide.emergency_lines,
        open_stops=stops[:OPEN_STEPS],
        folded_stops=stops[OPEN_STEPS:],
        refine=_answered(seen, seen.journey.refine),
        answers=_answered(seen, seen.journey.asked),
        go_on="" if seen.journey.next is None else seen.next_address,
        go_on_text=_questions_left(seen),
    )


def _stops(plan, seen, titles, shown):
    """The stops, each with the notices read there, and the ids of those notices."""
    needs = [step.need for step in plan.steps]
    at_step = {}
    for notice in shown:
        place = next((n for n in NOTICE_STEPS.get(notice.code, ()) if n in needs), None)
        if place:
            at_step.setdefault(place, []).append(notice)
    stops, first_seen, known = [], {}, _listings_tried(seen)
    names = [titles.get(need, need) for need in needs]
    for number, step in enumerate(plan.steps, 1):
        title = names[number - 1]
        repeats = first_seen.setdefault(step.options[0].listing.id, title)
        more = {
            "number": number,
            "title": title,
            "next_title": next(iter(names[number:]), ""),
            "repeats": repeats if repeats != title else "",
            "notices": at_step.get(step.need, []),
            "said": said_lines(seen, step.need, known),
        }
        stops.append(_stop(step, plan.at, seen.guide, more))
    return stops, {notice.id for found in at_step.values() for notice in found}


def _listings_tried(seen):
    """Id -> `Listing` of the doors that this device said something of; those on hold are gone."""
    if not seen.tried:
        return {}
    return seen.guide.listings(list(seen.tried), get_language())


def _stop(step, at, guide, more):
    cards = [
        door_card(letter, door, guide, at)
        for letter, door in zip(LETTERS, step.options, strict=False)
    ]
    return Stop(
        step=step,
        time=clock_text(step, at),
        css=STOP_CLASSES[step.urgency],
        why=words.say(step.rule.why),
        review=step.rule.review,
        plan_a=cards[0],
        alternatives=cards[1:],
        also_passed_over=step.also_passed_over,
        passed_over=[
            *(_passed_over(door, words.said_of(door.told, at)) for door in step.set_aside),
            *(_passed_over(door, _refusals(door)) for door in step.passed_over),
        ],
        **more,
    )


def _passed_over(door, reasons):
    listing = door.listing
    return {"name": listing.name, "for_vetted": listing.for_vetted, "reasons": reasons}


def _refusals(door):
    return ", ".join(words.refusal_text(finding) for finding in door.fit.refusals)


def clock_text(step, at):
    """How much time there is, for the pill on the rail."""
    if step.urgency == "hours":
        return _hours_text(step)
    return {
        "now": _("Now"),
        "today": _("Today") if MORNING <= at.hour < EVENING else _("Tonight"),
        "soon": _("In the next days"),
        "when-ready": _("When they are ready"),
    }[step.urgency]


def _hours_text(step):
    if step.hours_left is not None:
        left = int(step.hours_left)
        if left < 1:
            return _("Less than an hour left")
        return ngettext("%(count)d hour left", "%(count)d hours left", left) % {"count": left}
    if step.deadline_hours is not None:
        limit = int(step.deadline_hours)
        return ngettext("Within %(count)d hour", "Within %(count)d hours", limit) % {"count": limit}
    return _("In the next hours")


def _answered(seen, questions):
    """Questions with their answers in short words, and where to change them."""
    return [
        {
            "question": words.say(question.title),
            "answer": _answer_text(question, seen.journey.answers.get(question.id)),
            "url": seen.guide.question_address(question),
        }
        for question in questions
    ]


def _answer_text(question, answer):
    return "" if answer is None else in_words(question, answer)


def _questions_left(seen):
    left = max(seen.journey.about_left, 1)
    text = ngettext(
        "Go on: about %(count)d more question", "Go on: about %(count)d more questions", left
    )
    return text % {"count": left}
