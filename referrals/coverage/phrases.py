"""Plain words for people, hours, stories and ends of the coverage pages."""

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.coverage import moments
from referrals.coverage.people import BY_CODE, STATUSES
from services.languages import language_name

AGES = {
    "not-said": gettext_lazy("somebody whose age is not known"),
    "under-12": gettext_lazy("a child under 12"),
    "under-12-alone": gettext_lazy("an unaccompanied child under 12"),
    "12-15": gettext_lazy("a young person of 12 to 15"),
    "12-15-alone": gettext_lazy("an unaccompanied young person of 12 to 15"),
    "16-17": gettext_lazy("a young person of 16 or 17"),
    "16-17-alone": gettext_lazy("an unaccompanied young person of 16 or 17"),
    "adult": gettext_lazy("an adult"),
}
WHO = {
    "not-said": gettext_lazy("gender not known"),
    "woman": gettext_lazy("a woman or girl"),
    "lgbtqi-woman": gettext_lazy("a lesbian or bisexual woman or girl"),
    "man": gettext_lazy("a man or boy"),
    "lgbtqi-man": gettext_lazy("a gay or bisexual man or boy"),
    "trans-woman": gettext_lazy("a trans woman or girl"),
    "trans-man": gettext_lazy("a trans man or boy"),
    "non-binary": gettext_lazy("a non-binary person"),
    "intersex": gettext_lazy("an intersex person"),
}
STATUS = {
    "not-said": gettext_lazy("residence status not known"),
    **STATUSES,
}
CHILDREN = {
    "none": gettext_lazy("without children"),
    "two": gettext_lazy("with two children"),
    "son-of-16": gettext_lazy("with two children, one a son of 16"),
}
CONSENT = {
    "yes": gettext_lazy("who agrees to be connected"),
    "no": gettext_lazy("who does not want to be connected"),
}
AXES = {"age": AGES, "who": WHO, "status": STATUS, "children": CHILDREN, "consent": CONSENT}
#: Values that have a shorter name together.
TOGETHER = {
    "age": (
        (
            tuple(age for age in AGES if age not in ("not-said", "adult")),
            gettext_lazy("anybody under 18"),
        ),
        (("under-12", "12-15", "16-17"), gettext_lazy("a minor with family")),
        (("under-12-alone", "12-15-alone", "16-17-alone"), gettext_lazy("an unaccompanied minor")),
    ),
    "who": (
        (("man", "lgbtqi-man"), gettext_lazy("any man or boy")),
        (("woman", "lgbtqi-woman"), gettext_lazy("any woman or girl")),
    ),
}
WHAT = {
    "nothing": gettext_lazy("nothing said"),
    "sexual-violence": gettext_lazy("sexual violence"),
    "partner-violence": gettext_lazy("violence by a partner"),
    "family-violence": gettext_lazy("violence in the family"),
    "honour-violence": gettext_lazy("violence in the name of honour"),
    "forced-marriage": gettext_lazy("a forced marriage"),
    "fgm-risk": gettext_lazy("genital cutting that is planned"),
    "fgm-done": gettext_lazy("genital cutting in the past"),
    "trafficking": gettext_lazy("trafficking or exploitation"),
    "hate-violence": gettext_lazy("violence out of hate"),
    "harassment": gettext_lazy("harassment"),
    "stalking": gettext_lazy("stalking"),
    "online-abuse": gettext_lazy("violence online"),
    "past-violence": gettext_lazy("violence long past"),
    "uses-violence": gettext_lazy("worry about one’s own violence"),
}
SIGNS = {
    "severe-injury": gettext_lazy("a serious injury"),
    "strangulation": gettext_lazy("pressure on the neck"),
    "drugged": gettext_lazy("signs of a drug"),
    "suicidal": gettext_lazy("thoughts of suicide"),
}
DANGER = {"now": gettext_lazy("danger now"), "soon": gettext_lazy("danger soon")}
SINCE = {
    24: gettext_lazy("a day ago"),
    100: gettext_lazy("four days ago"),
    2000: gettext_lazy("months ago"),
}
URGENCIES = {
    "now": gettext_lazy("now"),
    "hours": gettext_lazy("within hours"),
    "today": gettext_lazy("today"),
    "soon": gettext_lazy("within days"),
    "when-ready": gettext_lazy("when the person is ready"),
}
#: Languages of a sentence are named one by one up to so many.
FEW = 3


def who(facts):
    """Representative people in words, and when: axis -> codes; with nobody named, “nobody”."""
    people = facts.get("person")
    parts = [_either([BY_CODE[p].name for p in people]) if people else _("nobody")]
    if "status" in facts:
        parts.append(_either([STATUSES[code] for code in facts["status"]]))
    if "language" in facts:
        tongues = [language_name(tag) for tag in facts["language"]]
        parts.append(_("who speaks %(languages)s") % {"languages": _either(tongues)})
    if "hour" in facts:
        parts.append(hours(facts["hour"]))
    return " ".join(map(str, parts))


def hours(codes):
    """Hours in words."""
    return _either([moments.NAMES[code] for code in codes])


def people_of_grid(facts):
    """People of the grid in words: axis -> values; at every hour where none is named."""
    parts = [_either(_named(axis, facts[axis])) for axis in AXES if axis in facts]
    told = ", ".join(map(str, parts)) or _("anybody")
    when = hours(facts["hour"]) if "hour" in facts else _("at any hour")
    return capfirst(f"{told}, {when}")


def _named(axis, values):
    """The words of some values of an axis of the grid, the fewest."""
    left, found = list(values), []
    for some, name in TOGETHER.get(axis, ()):
        if set(some) <= set(left):
            left = [value for value in left if value not in some]
            found.append(name)
    return [*found, *(AXES[axis][value] for value in left)]


def story(facts, titles):
    """A story of the grid in words; `titles` are the names of needs."""
    parts = [WHAT[code] for code in facts.get("concerns", ())]
    parts += [
        _("asks for “%(need)s”") % {"need": titles.get(need, need)}
        for need in facts.get("wants", ())
    ]
    parts += [SINCE[facts["hours_since"]]] if "hours_since" in facts else []
    parts += [DANGER[facts["danger"]]] if facts.get("danger") in DANGER else []
    parts += [SIGNS[flag] for flag in facts.get("red_flags", ())]
    return ", ".join(map(str, parts)) or str(WHAT["nothing"])


def _either(words):
    """“a, b or c”."""
    *first, last = map(str, words)
    if not first:
        return last
    return _("%(first)s or %(last)s") % {"first": ", ".join(first), "last": last}


def number(value):
    """A number as people write it, in the language of the page."""
    return number_format(value, force_grouping=True)
