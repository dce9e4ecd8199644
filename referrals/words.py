"""Words for what the engine finds: why a door fits, what to ask, why it is passed over.

The engine speaks in codes; here each code has its sentence, translated when shown.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from services.languages import language_name
from services.models import Need
from services.questions import QUESTIONS
from services.signals.words import said_text

FITS = {
    "women": _("Takes women"),
    "men": _("Takes men"),
    "trans": _("Takes trans people"),
    "non-binary": _("Takes non-binary people"),
    "intersex": _("Takes intersex people"),
    "minors": _("Takes under-18s"),
    "documented": _("Takes people with a permit"),
    "asylum-seeker": _("Takes asylum seekers"),
    "undocumented": _("Takes people without papers"),
    "with-children": _("Children can come along"),
    "for-lgbtqi": _("Knows LGBTQI+ lives"),
    "for-women-girls": _("Made for women and girls"),
    "for-unaccompanied-children": _("Made for children who are here alone"),
    "for-families": _("Made for families"),
    "for-professionals": _("Advises you, the professional"),
    "speaks": _("Speaks %(language)s"),
    "interpreter": _("Interpreter on request"),
    "female-staff": _("A woman on the staff"),
    "male-staff": _("A man on the staff"),
    "step-free": _("Step-free entrance"),
    "no-police-report": _("No police report needed"),
    "no-papers": _("No insurance or papers needed"),
    "anonymous": _("No name needed"),
    "remote": _("By phone or online"),
    "free": _("Free of charge"),
    "walk-in": _("Can walk in"),
}

#: What to ask: the questions of the directory, and those that follow from a person's facts.
ASKS = {
    **QUESTIONS,
    "not-women": _("This door is not for women. Does it fit the person?"),
    "not-men": _("This door is not for men. Does it fit the person?"),
    "only-minors": _("This door is for under-18s only. Does it fit the person?"),
    "age": _("It takes ages %(ages)s. Does that fit the person?"),
    "not-undocumented": _("This door asks for papers. Does it fit the person?"),
    "not-asylum-seeker": _("This door does not take asylum seekers. Does it fit the person?"),
    "not-documented": _("This door is for people without papers. Does it fit the person?"),
    "oldest-son": _("Sons come along up to age %(limit)s. Does that fit?"),
    "made-for-lgbtqi": _("This door is made for LGBTQI+ people. Do you take others?"),
    "made-for-families": _("This door is made for families. Do you take others?"),
    "made-for-unaccompanied-children": _(
        "This door is made for children who are alone. Do you take others?"
    ),
    "authorities-only": _("Which authority must send the person?"),
    "interpreter-for": _("Is there an interpreter for %(language)s?"),
    "lgbtqi-specialist": _("Does somebody there know LGBTQI+ lives?"),
}

REFUSALS = {
    "women": _("does not take women"),
    "men": _("does not take men"),
    "trans": _("does not take trans people"),
    "non-binary": _("does not take non-binary people"),
    "intersex": _("does not take intersex people"),
    "minors": _("does not take under-18s"),
    "only-minors": _("only for under-18s"),
    "age": _("takes ages %(ages)s"),
    "documented": _("does not take people with a residence permit"),
    "asylum-seeker": _("does not take asylum seekers"),
    "undocumented": _("does not take people without papers"),
    "with-children": _("children cannot come along"),
    "oldest-son": _("sons come along up to age %(limit)s"),
    "lgbtqi": _("does not take LGBTQI+ people"),
    "women-girls": _("does not take women and girls"),
    "families": _("does not take families"),
    "unaccompanied-children": _("does not take children who are here alone"),
    "only-uses-violence": _("only for people who use violence"),
    "for-professionals": _("only professionals can call"),
    "professional-referral": _("a professional must refer"),
    "authorities-only": _("only the authorities can send somebody"),
    "female-staff": _("no woman on the staff"),
    "male-staff": _("no man on the staff"),
    "step-free": _("there are steps"),
    "no-police-report": _("asks for a report to the police"),
    "police": _("is the police"),
    "anonymous": _("asks for a name"),
    "remote": _("only in person"),
    "full": _("full at the moment"),
}

#: What to do about what others told of a door.
TOLD = {
    "no-answer": _("If nobody answers, take the next door"),
    "full": _("Ask first whether there is room"),
    "refused": _("Ask first whether they take this person"),
}
#: What this device said of a door itself.
OWN = {
    "connected": _("You said: connected"),
    "no-answer": _("You said: no answer"),
    "full": _("You said: full"),
    "refused": _("You said: refused"),
    "unsafe": _("You said: not safe"),
}


def finding_text(finding):
    """Why a door fits, in words."""
    return _say(FITS, finding)


def ask_text(finding):
    """What to ask on the phone, in words."""
    return _say(ASKS, finding)


def refusal_text(finding):
    """Why a door is passed over, in words."""
    return _say(REFUSALS, finding)


def told_text(told, at):
    """What is told of a door and what to ask for it, in words; at the moment of the plan."""
    if told.own:
        return said_of(told, at)
    said = {"said": said_of(told, at), "do": TOLD[told.kind]}
    return gettext("%(said)s. %(do)s") % said


def said_of(told, at):
    """What is told of a door, in words; at the moment of the plan."""
    return str(OWN[told.kind]) if told.own else said_text(told, at)


def say(text):
    """A text of the pathway's data in the language of the page."""
    return gettext(text) if text else ""


def need_titles(language):
    """Code -> name of every need, in a language or else English; one query."""
    rows = Need._parler_meta.root_model.objects.filter(language_code__in={language, "en"})
    by_language = sorted(rows, key=lambda row: row.language_code == language)
    return {row.master_id: row.name for row in by_language}


def _say(words, finding):
    params = dict(finding.params)
    if "language" in params:
        params["language"] = language_name(params["language"])
    if "from" in params:
        params["ages"] = _ages(params["from"], params["to"])
    return str(words[finding.code]) % params if params else str(words[finding.code])


def _ages(lowest, highest):
    if lowest and highest:
        return gettext("%(lowest)s to %(highest)s") % {"lowest": lowest, "highest": highest}
    if lowest:
        return gettext("from %(lowest)s") % {"lowest": lowest}
    return gettext("up to %(highest)s") % {"highest": highest}
