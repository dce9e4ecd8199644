"""One listing, one person, one need: takes, asks first, or does not take.

Each check looks at one side of the person and declares the facts it reads. Missing
knowledge is never a no (design, principle 4): it becomes a question for the phone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from referrals.pathway.facts import PREFERENCES, Facts

TAKES, ASKS, REFUSES = "takes", "asks-first", "does-not-take"

#: Ages in whole years that a band covers, first and last.
BAND = {"under-12": (0, 11), "12-15": (12, 15), "16-17": (16, 17), "adult": (18, 120)}
#: With these needs nobody loses time at an emergency line over questions about who is taken.
NEVER_DELAYED = frozenset({"emergency", "urgent-medical", "mental-health-crisis"})


class Finding(NamedTuple):
    """What one check found: a stance, why it fits, what to ask, or why it does not.

    `params` fills the words that belong to the code (a language, an age).
    """

    stance: str
    code: str = ""
    params: tuple[tuple[str, str], ...] = ()


class Fit(NamedTuple):
    """How a listing fits a person: the stance, and the findings behind it."""

    match: str
    fits: tuple[Finding, ...] = ()
    asks: tuple[Finding, ...] = ()
    refusals: tuple[Finding, ...] = ()

    @property
    def possible(self):
        return self.match != REFUSES


@dataclass(frozen=True)
class Check:
    """A named side of matching; `reads` are the facts its answer depends on.

    `by_need` says that the answer may differ from need to need. `parts` are pairs of what is looked
    at of a listing and the findings that follow from it, together those of the check: whoever asks
    about many listings asks once about those in which a part sees the same.
    """

    name: str
    reads: frozenset[str]
    findings: Callable
    by_need: bool = False
    parts: tuple[tuple[Callable, Callable], ...] = ()


CHECKS: list[Check] = []


def check(*reads, by_need=False, sees=None, parts=()):
    """Register a check that looks at what `sees` returns of a listing, or at that of its parts."""

    def register(function):
        split = parts or ((sees, function),)
        CHECKS.append(Check(function.__name__, frozenset(reads), function, by_need, split))
        return function

    return register


def looks_at(*fields, said=()):
    """A function that gives these fields of a listing, and its stances on these criteria."""

    @reads(*fields, said=said)
    def sees(listing):
        stances = (listing.stance(code) for code in said)
        return (*(getattr(listing, name) for name in fields), *stances)

    return sees


def reads(*fields, said=()):
    """Note on a function of a listing that it hangs on these fields and criteria, and on nothing else."""

    def note(sees):
        sees.fields, sees.said = fields, said
        return sees

    return note


def fit(listing, facts: Facts, need: str) -> Fit:
    """How this listing fits this person for this need."""
    found = {TAKES: [], ASKS: [], REFUSES: []}
    for each in CHECKS:
        for finding in each.findings(listing, facts, need):
            alike = found[finding.stance]
            if finding not in alike:
                alike.append(finding)
    if found[REFUSES]:
        return Fit(REFUSES, refusals=tuple(found[REFUSES]))
    asks = () if is_never_delayed(listing, need) else tuple(found[ASKS])
    fits = tuple(f for f in found[TAKES] if f.code)
    return Fit(ASKS if asks else TAKES, fits=fits, asks=asks)


def is_never_delayed(listing, need):
    """Whether a call is made first and asked about later: an emergency line, a body at risk."""
    return need in NEVER_DELAYED and "emergency" in listing.needs


def _by_criterion(listing, code, *, unsaid_asks=True):
    """The finding for one criterion of the listing; where it is silent, a question or nothing."""
    stance = listing.stance(code)
    if stance is None:
        return [Finding(ASKS, code)] if unsaid_asks else []
    return [Finding(stance, code)]


@check(by_need=True, sees=looks_at("for_people_who_use_violence"))
def purpose(listing, facts, need):
    """Help for people who use violence, and help for everybody else, are kept apart."""
    uses = need == "perpetrator-work"
    if listing.for_people_who_use_violence and not uses:
        return [Finding(REFUSES, "only-uses-violence")]
    return []


@check("consent", by_need=True, sees=looks_at("for_professionals", "how_to_get_in"))
def who_may_call(listing, facts, need):
    """Lines for professionals help the worker; a person who said no to help goes alone."""
    alone = facts.consent in ("no", "not-now")
    guarded = listing.how_to_get_in in ("professional-referral", "authorities-only")
    if listing.for_professionals:
        return [Finding(REFUSES if alone else TAKES, "for-professionals")]
    if guarded and alone and need == "helpline":
        return [Finding(REFUSES, listing.how_to_get_in)]
    if listing.how_to_get_in == "authorities-only":
        return [Finding(ASKS, "authorities-only")]
    return []


_GENDERED = ("women", "men", "trans", "non-binary", "intersex", "lgbtqi")


@check("gender", sees=looks_at("groups", said=_GENDERED))
def gender(listing, facts, need):
    """By the gender the person names; what is said of women or men alone leaves others a question."""
    who = facts.gender
    if who is None:
        return _restriction(listing)
    if who == "woman":
        return _by_criterion(listing, "women", unsaid_asks=_for_men_only(listing))
    if who == "man":
        return _by_criterion(listing, "men", unsaid_asks=_for_women(listing))
    if who in ("trans-woman", "trans-man"):
        return _trans(listing, "women" if who == "trans-woman" else "men")
    return _beyond(listing, who)


def _for_women(listing):
    return "women-girls" in listing.groups or listing.stance("women") == TAKES


def _for_men_only(listing):
    return listing.stance("men") == TAKES and listing.stance("women") is None


def _restriction(listing):
    """With the gender unknown, a door that is not for everybody is asked about."""
    closed = [code for code in ("women", "men") if listing.stance(code) == REFUSES]
    return [Finding(ASKS, f"not-{closed[0]}")] if closed else []


def _trans(listing, own):
    said, as_gender = listing.stance("trans"), listing.stance(own)
    if said is not None:
        return [Finding(said, "trans")]
    if as_gender == REFUSES:
        return [Finding(REFUSES, own)]
    return [Finding(ASKS, "trans")]


def _beyond(listing, who):
    said = listing.stance(who)
    if said is not None:
        return [Finding(said, who)]
    everybody = listing.stance("women") == listing.stance("men") == TAKES
    if listing.stance("lgbtqi") == TAKES or (everybody and listing.stance("trans") == TAKES):
        return []
    return [Finding(ASKS, who)]


_AGES = ("for_minors_only", "age_min", "age_max")


@check("age", "unaccompanied", "groups", sees=looks_at(*_AGES, said=("minors",)))
def age(listing, facts, need):
    """By the listing's ages, else by whether it takes under-18s at all."""
    if facts.age is None and facts.is_minor is None:
        return _age_unknown(listing)
    if facts.is_minor and listing.stance("minors") == REFUSES:
        return [Finding(REFUSES, "minors")]
    if not facts.is_minor and listing.for_minors_only:
        return [Finding(REFUSES, "only-minors")]
    youngest, oldest = BAND[facts.age] if facts.age else (0, 17)
    lowest, highest = listing.age_min, listing.age_max
    if (lowest is not None and oldest < lowest) or (highest is not None and youngest > highest):
        return [Finding(REFUSES, "age", _ages(listing))]
    if (lowest is not None and youngest < lowest) or (
        highest is not None and facts.is_minor and oldest > highest
    ):
        return [Finding(ASKS, "age", _ages(listing))]
    if not facts.is_minor:
        return (
            [Finding(ASKS, "age", _ages(listing))] if highest is not None and highest < 65 else []
        )
    return _minor(listing)


def _age_unknown(listing):
    limited = listing.age_min is not None or listing.age_max is not None
    if listing.for_minors_only:
        return [Finding(ASKS, "only-minors")]
    return [Finding(ASKS, "age", _ages(listing))] if limited else []


def _minor(listing):
    if listing.for_minors_only or listing.stance("minors") == TAKES:
        return [Finding(TAKES, "minors")]
    if listing.age_min is not None:
        return []
    return [Finding(ASKS, "minors")]


def _ages(listing):
    return (
        ("from", "" if listing.age_min is None else str(listing.age_min)),
        ("to", "" if listing.age_max is None else str(listing.age_max)),
    )


_PAPERS = ("undocumented", "asylum-seeker", "documented", "anonymous")


@check("status", sees=looks_at(said=_PAPERS))
def status(listing, facts, need):
    """Residence status; help that hangs on a permit is a question unless the listing says."""
    if facts.status is None:
        return _status_unknown(listing)
    if facts.status in ("documented", "dependent-permit"):
        return _by_criterion(listing, "documented", unsaid_asks=False)
    # Who gives no name shows no papers.
    return _by_criterion(listing, facts.status, unsaid_asks=listing.stance("anonymous") != TAKES)


def _status_unknown(listing):
    closed = [
        c for c in ("undocumented", "asylum-seeker", "documented") if listing.stance(c) == REFUSES
    ]
    return [Finding(ASKS, f"not-{closed[0]}")] if closed else []


def _group_check(group, *reads):
    """A door made for one group fits it best; others it may still take, after asking."""

    @check(*reads, sees=looks_at("groups", "for_minors_only", said=(group,)))
    def target_group(listing, facts, need):
        if group not in facts.all_groups:
            return _made_for_others(listing, facts, group)
        if listing.stance(group) == REFUSES:
            return [Finding(REFUSES, group)]
        return [Finding(TAKES, f"for-{group}")] if group in listing.groups else []

    return target_group


def _made_for_others(listing, facts, group):
    """A door for this group alone; women's and family services say so in other criteria."""
    if listing.groups != {group} or group == "women-girls":
        return []
    if facts.is_minor and (listing.for_minors_only or group == "families"):
        return []
    return [Finding(ASKS, f"made-for-{group}")]


_AGE = ("groups", "age", "unaccompanied")
_group_check("lgbtqi", "gender", *_AGE)
_group_check("women-girls", "groups", "gender")
_group_check("families", "children", *_AGE)
_group_check("unaccompanied-children", *_AGE)


@reads(said=("with-children",))
def _with_children(listing):
    return listing.criterion("with-children")


@check("children", "oldest_son", by_need=True, sees=_with_children)
def children(listing, facts, need):
    """Children who come along, and the age up to which sons may."""
    if not facts.children or need not in ("shelter", "housing", "basic-needs"):
        return []
    criterion = _with_children(listing)
    if criterion is None:
        return [Finding(ASKS, "with-children")]
    limit, son = criterion.limit, facts.oldest_son
    if criterion.stance == TAKES and limit is not None and son is not None and son > limit:
        return [Finding(REFUSES, "oldest-son", (("limit", str(limit)),))]
    if criterion.stance == TAKES and limit is not None and son is None:
        return [Finding(ASKS, "oldest-son", (("limit", str(limit)),))]
    return [Finding(criterion.stance, "with-children")]


@check("languages", sees=looks_at("languages", "interpreter"))
def languages(listing, facts, need):
    """A shared language, else an interpreter, else a question; never a refusal."""
    if not facts.languages:
        return []
    spoken = {tag.split("-")[0] for tag in listing.languages}
    shared = [tag for tag in facts.languages if tag.split("-")[0] in spoken]
    if shared:
        return [Finding(TAKES, "speaks", (("language", shared[0]),))]
    if listing.interpreter == TAKES:
        return [Finding(TAKES, "interpreter")]
    return [Finding(ASKS, "interpreter-for", (("language", facts.languages[0]),))]


#: What the person prefers, and the criterion that answers it.
PREFERENCE_CRITERIA = {
    "female-staff": "female-staff",
    "male-staff": "male-staff",
    "step-free": "step-free",
    "no-police": "no-police-report",
    "anonymous": "anonymous",
    "remote": "remote",
}


@reads("needs")
def is_police(listing):
    """A listing for reporting to the police that offers no specialist help beside."""
    return "police-report" in listing.needs and listing.needs <= {
        "police-report",
        "emergency",
        "trafficking",
        "evidence",
    }


def _wish(wish):
    """The part of the preferences that answers one wish by a criterion."""
    code = PREFERENCE_CRITERIA[wish]

    @reads("needs", said=(code, "remote"))
    def sees(listing):
        return (listing.stance(code), listing.stance("remote"), "emergency" in listing.needs)

    def findings(listing, facts, need):
        if wish not in facts.prefers or is_never_delayed(listing, need):
            return []
        far_away = code == "step-free" and listing.stance("remote") == TAKES
        return _by_criterion(listing, code, unsaid_asks=not far_away)

    return sees, findings


def _police(listing, facts, need):
    if "no-police" in facts.prefers and is_police(listing) and need != "emergency":
        return [Finding(REFUSES, "police")]
    return []


def _cost(listing, facts, need):
    if "free" not in facts.prefers:
        return []
    if listing.cost == "free":
        return [Finding(TAKES, "free")]
    return [Finding(ASKS, "cost")]


def _walk_in(listing, facts, need):
    if "walk-in" in facts.prefers and listing.how_to_get_in == "walk-in":
        return [Finding(TAKES, "walk-in")]
    return []


def _specialist(listing, facts, need):
    if "lgbtqi-specialist" not in facts.prefers:
        return []
    if "lgbtqi" in listing.groups or listing.stance("lgbtqi") == TAKES:
        return [Finding(TAKES, "for-lgbtqi")]
    return [Finding(ASKS, "lgbtqi-specialist")]


_WISHES = (
    *(_wish(wish) for wish in PREFERENCES if wish in PREFERENCE_CRITERIA),
    (is_police, _police),
    (looks_at("cost"), _cost),
    (looks_at("how_to_get_in"), _walk_in),
    (looks_at("groups", said=("lgbtqi",)), _specialist),
)


@check("prefers", by_need=True, parts=_WISHES)
def preferences(listing, facts, need):
    """Wishes: a clear no passes the listing over, an unknown one is asked."""
    if not facts.prefers:
        return []
    return [found for _sees, part in _WISHES for found in part(listing, facts, need)]


@check("at", by_need=True, sees=looks_at("capacity", "capacity_until"))
def free_places(listing, facts, need):
    """Full is full, while the statement lasts."""
    full = need in ("shelter", "housing") and listing.capacity_at(facts.at) == "full"
    return [Finding(REFUSES, "full")] if full else []


_GOOD = ("no-police-report", "anonymous", "no-papers")


@check(sees=looks_at("cost", said=_GOOD))
def good_to_know(listing, facts, need):
    """What helps the person whatever they said: no papers, no report, no name, no money."""
    found = [Finding(TAKES, code) for code in _GOOD if listing.stance(code) == TAKES]
    return found + ([Finding(TAKES, "free")] if listing.cost == "free" else [])
