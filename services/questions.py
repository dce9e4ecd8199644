"""What to ask on the phone where a listing does not say: a question for each criterion."""

import functools

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

QUESTIONS = {
    "women": _("Do you take women?"),
    "men": _("Do you take men?"),
    "trans": _("Do you take trans people?"),
    "non-binary": _("Do you take non-binary people?"),
    "intersex": _("Do you take intersex people?"),
    "minors": _("Do you take somebody under 18?"),
    "with-children": _("Can children come along?"),
    "lgbtqi": _("Do you take LGBTQI+ people?"),
    "women-girls": _("Do you take women and girls?"),
    "unaccompanied-children": _("Do you take children who are here alone?"),
    "families": _("Do you take families?"),
    "documented": _("Do you take people with a residence permit?"),
    "asylum-seeker": _("Do you take asylum seekers?"),
    "undocumented": _("Do you take somebody without papers? Is anything passed on?"),
    "no-police-report": _("Is help given without a report to the police?"),
    "no-papers": _("Is help given without insurance or papers?"),
    "no-means": _("Do you take somebody without income?"),
    "anonymous": _("Can they stay anonymous?"),
    "step-free": _("Is the entrance step-free?"),
    "female-staff": _("Can a woman speak with them?"),
    "male-staff": _("Can a man speak with them?"),
    "remote": _("Can it be done by phone or online?"),
    "age": _("Which ages do you take?"),
    "hours": _("When are you open?"),
    "way-in": _("How does somebody get in?"),
    "interpreter": _("Is there an interpreter?"),
    "cost": _("Does it cost anything?"),
    "capacity": _("Is there a free place?"),
}

_SLEEPS = frozenset({"shelter", "housing"})
_TREATS = frozenset(
    {"rape-care", "evidence", "urgent-medical", "medical-care", "sexual-health", "fgm"}
)
_REPORTS = frozenset({"rape-care", "evidence", "shelter", "violence-support", "trafficking"})

#: Criteria worth asking about although the listing is silent, most telling first, each with the
#: needs it matters for; None: for all. What a listing asks first about is always asked.
MATTERS = {
    "capacity": _SLEEPS,
    "undocumented": None,
    "with-children": _SLEEPS | {"violence-support", "psychosocial", "community-space"},
    "minors": None,
    "trans": _SLEEPS | _TREATS | {"violence-support"},
    "men": None,
    "no-police-report": _REPORTS,
    "no-papers": _TREATS,
    "no-means": _SLEEPS,
    "interpreter": None,
    "anonymous": frozenset({"helpline", "violence-support", "sexual-health", "disclosure"}),
    "cost": _TREATS | {"legal-advice", "psychosocial", "housing"},
    "step-free": None,
    "hours": None,
    "way-in": None,
}


def to_ask(listing):
    """(code, question) of everything to ask about a listing: what it asks first about, then its silences."""
    asked_first = [c for c, said in listing.criteria.items() if said.stance == "asks-first"]
    silent = [code for code, needs in MATTERS.items() if _matters(listing, code, needs)]
    known = _in(get_language())
    return [
        (code, known.get(code) or question(code)) for code in dict.fromkeys(asked_first + silent)
    ]


def question(code, label=""):
    """What to ask about a criterion or group; one without a question of its own is named."""
    if code in QUESTIONS:
        return _in(get_language())[code]
    return gettext("How about this: %(what)s?") % {"what": label or code}


@functools.cache
def _in(_language):
    """The questions in a language that is active: a page of listings asks for hundreds."""
    return {code: str(words) for code, words in QUESTIONS.items()}


def forget():
    """Drop what is kept of languages (tests, which read pages in one that does not exist)."""
    _in.cache_clear()


def _matters(listing, code, needs):
    if needs is not None and not needs & listing.needs:
        return False
    if code == "step-free" and listing.place is None:
        return False
    if code == "minors" and (listing.for_minors_only or listing.age_min is not None):
        return False
    if listing.for_professionals and code not in ("hours", "way-in", "cost"):
        return False
    return not _answered(listing, code)


def _answered(listing, code):
    said = {
        "capacity": listing.capacity != "unknown",
        "interpreter": listing.interpreter in ("takes", "does-not-take"),
        "cost": bool(listing.cost),
        "hours": bool(listing.hours or listing.hours_note),
        "way-in": bool(listing.how_to_get_in),
    }
    return said[code] if code in said else listing.stance(code) is not None
