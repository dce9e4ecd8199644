"""Read a pathway from its TOML files and refuse a bad one, naming file and entry.

Base files hold what is common; `countries/<code>.toml` and `cities/<slug>.toml` change
windows, words and first doors, never the vocabulary.
"""

import datetime
import functools
import tomllib
from pathlib import Path

from referrals.pathway import facts as vocabulary
from referrals.pathway.predicates import PREDICATES
from referrals.pathway.rules import (
    LEVELS,
    URGENCIES,
    Condition,
    Field,
    NeedRule,
    Notice,
    Option,
    Pathway,
    Question,
    Review,
    Source,
    Window,
)

FOLDER = Path(__file__).resolve().parent.parent / "pathways"
REVIEW_KEYS = ("source", "reviewed_on", "expires_on", "signed_off_by")
CONDITION_KEYS = ("all", "any", "none")
#: Other pages of the guide, whose addresses no question may have.
TAKEN = ("plan", "start-again", "told", "help", "card")
#: Facts whose several values stand in one list.
SEVERAL = ("concerns", "groups", "languages", "prefers", "red_flags", "wants")


class PathwayError(Exception):
    """A fault in pathway data: the file, the entry in it, and what is wrong."""

    def __init__(self, file, entry, message):
        self.file, self.entry, self.message = Path(file).name, entry, message
        super().__init__(f"{self.file}: {entry}: {message}")


def load(city, country, city_languages=(), *, places=(), folder=FOLDER, today=None):
    """The checked `Pathway` of a city; `today` (a date) refuses what has expired by then.

    `places` are (name, latitude, longitude) that the question about distance offers.
    """
    reader = _Reader(
        Path(folder), today or datetime.datetime.now(datetime.UTC).date(), tuple(places)
    )
    return reader.pathway(city, country, tuple(city_languages))


def cities_with_data(folder=FOLDER):
    """The slugs of the cities that have an overlay of their own."""
    return sorted(path.stem for path in (Path(folder) / "cities").glob("*.toml"))


class _Reader:
    def __init__(self, folder, today, places):
        self.folder, self.today, self.places = folder, today, places
        self.sources = self._sources()

    def pathway(self, city, country, city_languages):
        overlay = self._read(f"countries/{country.lower()}.toml", optional=True)
        local = self._read(f"cities/{city}.toml", optional=True)
        needs = self._read("needs.toml")
        entries = {
            kind: self._merged(kind, file, overlay)
            for kind, file in (
                ("window", "windows.toml"),
                ("rule", "needs.toml"),
                ("notice", "notices.toml"),
            )
        }
        pathway = Pathway(
            city=city,
            country=country,
            city_languages=city_languages,
            questions=self._questions(),
            rules=tuple(self._rule(*found) for found in entries["rule"]),
            notices=tuple(self._notice(*found, country) for found in entries["notice"]),
            windows={e["id"]: self._window(f, e) for f, e in entries["window"]},
            order=self._needs_list("needs.toml", "order", needs.get("order", [])),
            fallbacks=self._fallbacks(needs),
            first_doors=self._first_doors(city, local),
        )
        self._check_windows(pathway)
        check_questions("questions.toml", pathway.questions)
        return pathway

    def _read(self, name, optional=False):
        path = self.folder / name
        if optional and not path.exists():
            return {}
        try:
            now = path.stat()
            return _parsed(path, now.st_mtime_ns, now.st_size)
        except OSError as error:
            raise PathwayError(name, "file", f"cannot be read ({error.strerror})") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise PathwayError(name, "file", f"is not TOML: {error}") from error

    def _sources(self):
        sources = {}
        for source_id, raw in self._read("sources.toml").items():
            if not raw.get("title") or not raw.get("publisher"):
                raise PathwayError("sources.toml", source_id, "needs a title and a publisher")
            sources[source_id] = Source(
                source_id,
                raw["title"],
                raw["publisher"],
                raw.get("url", ""),
                str(raw.get("date", "")),
            )
        return sources

    def _merged(self, kind, base_name, overlay):
        """(file, entry) pairs: the base entries, changed or joined by the country's."""
        found = {}
        for raw in self._read(base_name).get(kind, []):
            entry_id = self._id(base_name, kind, raw)
            if entry_id in found:
                raise PathwayError(base_name, entry_id, f"stands twice among the {kind}s")
            found[entry_id] = (base_name, raw)
        country_name = f"{overlay.get('country', {}).get('code', 'country').lower()}.toml"
        for raw in overlay.get(kind, []):
            entry_id = self._id(country_name, kind, raw)
            _file, base = found.get(entry_id, (None, {}))
            found[entry_id] = (country_name, {**base, **raw, "_country": True})
        return list(found.values())

    def _id(self, file, kind, raw):
        if not isinstance(raw.get("id"), str) or not raw["id"]:
            raise PathwayError(file, kind, "has no id")
        return raw["id"]

    def _review(self, file, raw):
        entry = raw["id"]
        missing = [key for key in REVIEW_KEYS[:3] if not raw.get(key)]
        if missing:
            raise PathwayError(file, entry, f"has no {missing[0]}")
        if raw["source"] not in self.sources:
            raise PathwayError(file, entry, f"names the unknown source “{raw['source']}”")
        for key in ("reviewed_on", "expires_on"):
            if type(raw[key]) is not datetime.date:
                raise PathwayError(file, entry, f"{key} is not a date")
        if raw["expires_on"] < self.today:
            raise PathwayError(
                file, entry, f"expired on {raw['expires_on']}: review it and set a new expires_on"
            )
        return Review(
            self.sources[raw["source"]],
            raw["reviewed_on"],
            raw["expires_on"],
            raw.get("signed_off_by", ""),
        )

    def _condition(self, file, raw, default=None):
        lists = {key: tuple(raw.get(key, ())) for key in CONDITION_KEYS}
        if not any(lists.values()) and default is None:
            raise PathwayError(file, raw["id"], "has no condition: give all, any or none")
        for name in (*lists["all"], *lists["any"], *lists["none"]):
            if name not in PREDICATES:
                raise PathwayError(file, raw["id"], f"names the unknown condition “{name}”")
        return Condition(**lists)

    def _window(self, file, raw):
        hours = raw.get("hours")
        if not isinstance(hours, (int, float)) or isinstance(hours, bool) or hours <= 0:
            raise PathwayError(file, raw["id"], "hours must be a number above zero")
        return Window(
            raw["id"], hours, self._review(file, raw), self._condition(file, raw, Condition())
        )

    def _rule(self, file, raw):
        self._known(file, raw, "need", vocabulary.NEEDS)
        self._known(file, raw, "urgency", URGENCIES)
        self._words(file, raw, "why")
        return NeedRule(
            id=raw["id"],
            need=raw["need"],
            urgency=raw["urgency"],
            why=raw["why"],
            review=self._review(file, raw),
            when=self._condition(file, raw),
            windows=tuple(raw.get("windows", ())),
            without_consent=bool(raw.get("without_consent", False)),
        )

    def _notice(self, file, raw, country):
        self._known(file, raw, "level", LEVELS)
        self._words(file, raw, "title", "text", "code")
        return Notice(
            id=raw["id"],
            code=raw["code"],
            level=raw["level"],
            title=raw["title"],
            text=raw["text"],
            review=self._review(file, raw),
            when=self._condition(file, raw),
            country=country if raw.get("_country") else "",
        )

    def _known(self, file, raw, key, allowed):
        if raw.get(key) not in allowed:
            raise PathwayError(
                file,
                raw["id"],
                f"{key} “{raw.get(key)}” is unknown: use one of {', '.join(allowed)}",
            )

    def _words(self, file, raw, *keys):
        for key in keys:
            if not isinstance(raw.get(key), str) or not raw[key].strip():
                raise PathwayError(file, raw["id"], f"has no {key}")

    def _needs_list(self, file, entry, codes):
        for code in codes:
            if code not in vocabulary.NEEDS:
                raise PathwayError(file, entry, f"names the unknown need “{code}”")
        return tuple(codes)

    def _fallbacks(self, needs):
        chains = {
            need: self._needs_list("needs.toml", f"fallbacks.{need}", chain)
            for need, chain in needs.get("fallbacks", {}).items()
        }
        for need in chains:
            _refuse_cycle(chains, need)
        for need in vocabulary.NEEDS:
            if need != "emergency" and chains.get(need, ())[-1:] != ("emergency",):
                raise PathwayError(
                    "needs.toml",
                    f"fallbacks.{need}",
                    "must end in emergency, so that no need is a dead end",
                )
        return chains

    def _first_doors(self, city, local):
        doors = local.get("first_doors", {})
        self._needs_list(f"{city}.toml", "first_doors", doors)
        return {need: tuple(slugs) for need, slugs in doors.items()}

    def _check_windows(self, pathway):
        # "evidence" may be missing: a country without a sourced number has no such window.
        known = {*pathway.windows, "evidence"}
        for rule in pathway.rules:
            for name in rule.windows:
                if name not in known:
                    raise PathwayError("needs.toml", rule.id, f"names the unknown window “{name}”")
        for need in vocabulary.NEEDS:
            if need not in pathway.order:
                raise PathwayError("needs.toml", "order", f"leaves out the need “{need}”")

    def _questions(self):
        return tuple(
            self._question(raw) for raw in self._read("questions.toml").get("question", [])
        )

    def _question(self, raw):
        file = "questions.toml"
        self._id(file, "question", raw)
        self._words(file, raw, "title")
        fields = tuple(self._field(file, raw, field) for field in raw.get("field", []))
        if not fields:
            raise PathwayError(file, raw["id"], "asks for no fact")
        if raw["id"] in TAKEN:
            raise PathwayError(file, raw["id"], "is the address of another page of the guide")
        return Question(
            id=raw["id"],
            title=raw["title"],
            fields=fields,
            hint=raw.get("hint", ""),
            why=raw.get("why", ""),
            how=raw.get("how", ""),
            refine=bool(raw.get("refine", False)),
        )

    def _field(self, file, question, raw):
        fact = raw.get("fact")
        if fact not in vocabulary.READERS:
            raise PathwayError(file, question["id"], f"asks for the unknown fact “{fact}”")
        options = tuple(
            Option(o.get("value"), o.get("label", ""), o.get("hint", ""))
            for o in raw.get("option", [])
        )
        if fact == "near":
            return Field(fact, False, self._place_options(), raw.get("legend", ""))
        if not options:
            raise PathwayError(file, question["id"], f"offers no answer for “{fact}”")
        several = fact in SEVERAL
        for option in options:
            self._option(file, question, fact, several, option)
        return Field(fact, several, options, raw.get("legend", ""))

    def _place_options(self):
        return tuple(
            Option({"latitude": latitude, "longitude": longitude}, name)
            for name, latitude, longitude in self.places
        )

    def _option(self, file, question, fact, several, option):
        if not option.label:
            raise PathwayError(file, question["id"], f"an answer for “{fact}” has no words")
        try:
            vocabulary.READERS[fact](fact, [option.value] if several else option.value)
        except vocabulary.FactError as error:
            raise PathwayError(
                file, question["id"], f"the answer “{option.value}” is not a value of “{fact}”"
            ) from error


@functools.lru_cache(maxsize=64)
def _parsed(path, _changed_at, _size):
    """What stands in a file as it is now. All cities are given the same: none may change it."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _refuse_cycle(chains, start):
    """A need may not fall back on itself, by whatever way round."""

    def walk(need, trail):
        for following in chains.get(need, ()):
            if following in trail:
                way = " → ".join((*trail, following))
                raise PathwayError("needs.toml", f"fallbacks.{start}", f"goes in a cycle: {way}")
            walk(following, (*trail, following))

    walk(start, (start,))


def check_questions(file, questions):
    """Each question has its own id, and each fact is asked once."""
    asked, ids = set(), set()
    for question in questions:
        if question.id in ids:
            raise PathwayError(file, question.id, "stands twice among the questions")
        twice = asked & question.facts
        if twice:
            raise PathwayError(file, question.id, f"asks again for “{sorted(twice)[0]}”")
        ids.add(question.id)
        asked |= question.facts
