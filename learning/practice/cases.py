"""The practice cases as they stand in fixtures/practice/cases.toml, read and checked.

Whatever is wrong is refused with the case and what to do about it. Plain Python.
"""

import datetime
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from referrals.pathway import facts as vocabulary
from referrals.pathway.rules import URGENCIES

FILE = Path(__file__).resolve().parents[2] / "fixtures" / "practice" / "cases.toml"
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
#: A scene is told in so many words: enough to act on, and read in half a minute.
SCENE_WORDS = range(60, 121)
REQUIRED = (
    "code", "group", "title", "scene", "at", "facts", "because",
    "plan", "notices", "teaching", "reviewed_on", "reviewer_role",
)  # fmt: skip
KNOWN = (*REQUIRED, "signed_off_by")
STEP_KEYS = ("need", "urgency", "door")
#: What the moment of a case says already.
NOT_SAID = ("at", "near")


class CaseError(Exception):
    """A fault in the case file: which case, what is wrong, and what to do."""

    def __init__(self, case, message, hint):
        self.case, self.message, self.hint = case, message, hint
        super().__init__(f"{case}: {message}")


@dataclass(frozen=True)
class Expected:
    """A step of a reviewed plan: need, urgency, and the key of the listing that is plan A."""

    need: str
    urgency: str
    door: str


@dataclass(frozen=True)
class Case:
    """One scene, the facts that it says, and the plan that was reviewed for it.

    `scene` is paragraphs; `at` is a local time of the practice city; `facts` are raw JSON values;
    `because` maps a fact to the words of the scene that say it.
    """

    code: str
    group: str
    title: str
    scene: tuple[str, ...]
    at: datetime.datetime
    facts: dict
    because: dict
    plan: tuple[Expected, ...]
    notices: tuple[str, ...]
    teaching: str
    reviewed_on: datetime.date
    reviewer_role: str
    signed_off_by: str = ""

    @property
    def is_signed_off(self):
        return bool(self.signed_off_by)


def read(file=FILE):
    """Every `Case` of the file, in its order. Raises `CaseError` for the first fault."""
    try:
        content = tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise CaseError("the file", "cannot be read", f"Bring {file} back.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseError(
            "the file", f"is not TOML: {error}", "Mend the line that it names."
        ) from error
    cases = tuple(_case(raw, number) for number, raw in enumerate(content.get("case", []), 1))
    _refuse_repeats(cases)
    return cases


def _refuse_repeats(cases):
    seen = set()
    for case in cases:
        if case.code in seen:
            raise CaseError(case.code, "stands twice", "Give one of the two another code.")
        seen.add(case.code)


def _case(raw, number):
    name = raw.get("code") or f"case number {number}"
    _check_keys(raw, name)
    _check_words(raw, name)
    return Case(
        code=raw["code"],
        group=raw["group"],
        title=raw["title"].strip(),
        scene=_paragraphs(raw["scene"]),
        at=raw["at"],
        facts=_facts(raw["facts"], name),
        because=_because(raw, name),
        plan=_plan(raw["plan"], name),
        notices=tuple(raw["notices"]),
        teaching=" ".join(raw["teaching"].split()),
        reviewed_on=raw["reviewed_on"],
        reviewer_role=raw["reviewer_role"],
        signed_off_by=raw.get("signed_off_by", ""),
    )


def _check_keys(raw, name):
    for key in raw:
        if key not in KNOWN:
            raise CaseError(
                name, f"has the unknown entry “{key}”", f"Known are: {', '.join(KNOWN)}."
            )
    for key in REQUIRED:
        if raw.get(key) in (None, "", {}) or (raw[key] == [] and key != "notices"):
            raise CaseError(name, f"has no {key}", f"Add {key} = … to the case.")
    if not CODE.fullmatch(raw["code"]):
        raise CaseError(name, "has a code that is no address", "Use small letters and dashes.")
    if raw["group"] not in vocabulary.GROUPS:
        hint = f"Use one of {', '.join(vocabulary.GROUPS)}."
        raise CaseError(name, f"names the unknown group “{raw['group']}”", hint)


def _check_words(raw, name):
    words = len(raw["scene"].split())
    if words not in SCENE_WORDS:
        hint = f"Tell it in {SCENE_WORDS[0]} to {SCENE_WORDS[-1]} words."
        raise CaseError(name, f"has a scene of {words} words", hint)
    at, reviewed_on = raw["at"], raw["reviewed_on"]
    if not isinstance(at, datetime.datetime) or at.tzinfo is not None:
        raise CaseError(name, "has no local time in “at”", "Write it like 2026-11-18T23:10:00.")
    if type(reviewed_on) is not datetime.date:
        raise CaseError(name, "has no date in “reviewed_on”", "Write it like 2026-11-25.")


def _paragraphs(text):
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))


def _facts(raw, name):
    for fact in NOT_SAID:
        if fact in raw:
            raise CaseError(name, f"has the fact “{fact}”", "Leave it out of the facts.")
    try:
        vocabulary.parse_facts(raw)
    except vocabulary.FactError as error:
        hint = f"It may be: {', '.join(map(str, error.allowed))}."
        raise CaseError(name, f"has a fact that cannot be read: {error}", hint) from error
    return raw


def _because(raw, name):
    """Fact -> the words of the scene; each must stand in the scene, and each fact have some."""
    scene = " ".join(raw["scene"].split())
    said = {fact: _quotes(value) for fact, value in raw["because"].items()}
    for fact, quotes in said.items():
        if fact not in raw["facts"]:
            raise CaseError(name, f"says why for “{fact}”, which is no fact of it", "Take it out.")
        for quote in quotes:
            if quote not in scene:
                hint = "Quote the scene word for word, or change the scene."
                raise CaseError(name, f"quotes “{quote}”, which the scene does not say", hint)
    for fact in raw["facts"]:
        if fact not in said:
            hint = f"Add because.{fact} = the words of the scene that say it."
            raise CaseError(name, f"does not say where the scene says “{fact}”", hint)
    return said


def _quotes(value):
    return (value,) if isinstance(value, str) else tuple(value)


def _plan(rows, name):
    for row in rows:
        if set(row) != set(STEP_KEYS):
            raise CaseError(name, f"has a step with {sorted(row)}", f"A step has {STEP_KEYS}.")
        if row["need"] not in vocabulary.NEEDS:
            hint = f"Use one of {', '.join(vocabulary.NEEDS)}."
            raise CaseError(name, f"names the unknown need “{row['need']}”", hint)
        if row["urgency"] not in URGENCIES:
            hint = f"Use one of {', '.join(URGENCIES)}."
            raise CaseError(name, f"names the unknown urgency “{row['urgency']}”", hint)
    return tuple(Expected(**row) for row in rows)
