"""Columns of other people's files: guessed by their headers, said by somebody once, and remembered.

Typical are the 5W of humanitarian coordination (who does what, where, when, for whom) and the
`group/question` headers of Kobo, where a question with several answers has a column for each.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from services.models import ColumnMapping
from services.search import normalise
from services.sheets.columns import BY_NAME, REQUIRED
from services.sheets.sheet import Sheet
from services.sheets.tables import FORMULA, FileError
from services.sheets.values import (
    CellError,
    Choice,
    Codes,
    Languages,
    Phones,
    YesNo,
    parts_of,
    plain,
)
from services.sheets.words import as_yes_or_no, of_languages

#: A column that says yes or no to the one need, or group, that its header names.
ONE_BY_ONE = {"needs": "needs=", "groups": "groups="}
#: So many different words of a file are asked about, and no more.
MOST_WORDS = 150
#: What a word that says nothing here stands for.
LEFT_OUT = "-"

#: Headers, as `normalise` leaves them, by our column. The longer one wins inside a header.
HEADERS = {
    "organisation": (
        "who", "organisation", "organization", "organisation name", "organization name", "agency",
        "partner", "implementing partner", "implementing organisation", "implementing organization",
        "reporting organisation", "reporting organization", "lead organisation", "provider",
        "service provider", "ngo", "organizzazione", "organisatie", "ente",
    ),
    "name": (
        "name", "service", "service name", "name of service", "name of the service", "activity name",
        "facility", "facility name", "title", "project", "project name", "project title",
        "activity title", "nom", "nom du service", "nome", "naam", "namn",
    ),
    "summary": (
        "what", "summary", "description", "activity description", "details", "service description",
        "activity details", "services provided", "beschrijving", "descrizione", "beskrivning",
    ),
    "needs": (
        "need", "needs", "sector", "sub sector", "subsector", "cluster", "activity", "activity type",
        "type of activity", "activities", "service type", "type of service", "category",
        "aor", "area of responsibility", "secteur", "activite", "settore", "attivita",
    ),
    "groups": (
        "whom", "for whom", "target group", "target groups", "target population", "beneficiaries",
        "beneficiary", "beneficiary type", "type of beneficiaries", "population group",
        "population groups", "groups", "people served",
    ),
    "town": (
        "where", "town", "city", "municipality", "commune", "location", "admin", "admin1", "admin2",
        "admin 1", "admin 2", "admin3", "admin 3", "admin4", "admin 4", "district", "ville",
    ),
    "street": ("address", "street", "street address", "adresse", "adres", "indirizzo", "adress"),
    "postal_code": ("postal code", "postcode", "zip", "zip code", "code postal", "cap"),
    "latitude": ("latitude", "lat", "gps latitude", "y"),
    "longitude": ("longitude", "lon", "lng", "long", "gps longitude", "x"),
    "opening_hours": ("opening hours", "hours", "opening times", "working hours", "horaires", "orari"),
    "hours_note": ("when", "days and hours", "schedule", "availability"),
    "status": ("status", "activity status"),
    "phones": (
        "phone", "phones", "telephone", "phone number", "contact phone", "focal point phone", "tel",
        "hotline", "helpline number", "telefono", "telefoon", "telefon", "contact number",
    ),
    "email": ("email", "e mail", "contact email", "focal point email", "mail", "email address"),
    "website": ("website", "web", "url", "site web", "sito", "webbplats", "link"),
    "languages": ("language", "languages", "languages spoken", "spoken languages", "langues", "lingue"),
    "cost": ("cost", "fee", "fees", "price"),
    "how_to_get_in": ("how to get in", "access", "referral", "referral method", "how to access"),
    "age_min": ("minimum age", "age min", "min age", "age from"),
    "age_max": ("maximum age", "age max", "max age", "age to"),
    "professional_note": ("remarks", "comments", "notes", "comment"),
    "interpreter": ("interpreter", "interpretation", "interpreting"),
    "takes_undocumented": ("undocumented", "accepts undocumented"),
    "takes_women": ("women",),
    "takes_men": ("men",),
    "takes_minors": ("children", "minors", "under 18"),
    "takes_step_free": ("wheelchair", "accessible", "step free", "disability access"),
}  # fmt: skip
_BY_HEADER = {word: name for name, words in HEADERS.items() for word in words}


def targets(around):
    """(name, label) of everything that a column can be, for whoever imports here."""
    found = [(c.name, str(c.label)) for c in around.columns if not c.fixed or c.name == "id"]
    found.append((ONE_BY_ONE["needs"], _("one need, by yes or no")))
    found.append((ONE_BY_ONE["groups"], _("one target group, by yes or no")))
    return found


def guesses(headers, around):
    """For each header the column that it probably is, or nothing; each but lists once."""
    offered, taken, found = dict(targets(around)), set(), []
    for header in headers:
        name = _guess(header, around.words)
        if name not in offered or (name in taken and not _is_list(name)):
            name = ""
        taken.add(name)
        found.append(name)
    return found


def _guess(header, words):
    tail = normalise(header.rpartition("/")[2])
    ours = header.strip().casefold()
    if ours in BY_NAME:
        return ours
    for said in (tail, normalise(header.replace("/", " ")), _without_number(tail)):
        if said in _BY_HEADER:
            return _BY_HEADER[said]
    if "/" in header or tail in words.vocabulary["needs"]:
        for vocabulary, name in ONE_BY_ONE.items():
            if tail in words.vocabulary[vocabulary]:
                return name
    return _inside(tail)


def _without_number(said):
    """A header such as “3 w who” or “1 organisation”, without what counts it."""
    return " ".join(word for word in said.split() if not word.rstrip("w").isdigit())


def _inside(said):
    """The column whose longest word stands first or last in the header."""
    fits = [
        (len(word), name)
        for word, name in _BY_HEADER.items()
        if len(word) > 3 and (said.startswith(f"{word} ") or said.endswith(f" {word}"))
    ]
    return max(fits)[1] if fits else ""


def _is_list(name):
    return name in ONE_BY_ONE.values() or (
        name in BY_NAME and isinstance(BY_NAME[name].kind, Codes | Languages | Phones)
    )


@dataclass
class Unknown:
    """A word of a file that stands in a column of ours which knows other words."""

    column: str
    word: str
    times: int = 1


def problems(columns, headers, around):
    """What is wrong with a choice of columns, in words; empty if it can be used."""
    offered, found = dict(targets(around)), []
    chosen = [name for name in columns if name]
    if not set(chosen) <= set(offered):
        found.append(_("Choose from the list alone."))
    for name in dict.fromkeys(chosen):
        if chosen.count(name) > 1 and not _is_list(name):
            message = _("Two columns are chosen as “%(name)s”: one column can be that.")
            found.append(message % {"name": offered.get(name, name)})
    named = {_plain_name(name) for name in chosen}
    missing = [str(BY_NAME[name].label) for name in REQUIRED if name not in named]
    if missing and "id" not in named:
        message = _("Say which columns are: %(names)s.")
        found.append(message % {"names": ", ".join(missing)})
    for name, header in zip(columns, headers, strict=True):
        if name in ONE_BY_ONE.values() and not _term(name, header, around):
            message = _("The header “%(header)s” names nothing that is known here.")
            found.append(message % {"header": header[:60]})
    return found


def _plain_name(name):
    return name.rstrip("=")


def _term(name, header, around):
    return around.words.vocabulary[_plain_name(name)].get(normalise(header.rpartition("/")[2]))


def unknown_words(table, columns, around):
    """The `Unknown` words of columns that hold words of ours, the commonest first."""
    found = {}
    for index, name in enumerate(columns):
        kind = BY_NAME[name].kind if name in BY_NAME else None
        if not isinstance(kind, Choice | Codes | Languages | YesNo):
            continue
        for row in table.rows:
            for word in _words(kind, row[index] if index < len(row) else "", around):
                if not _is_known(kind, word, around):
                    key = (name, key_of(word))
                    one = found.setdefault(key, Unknown(name, word[:100], 0))
                    one.times += 1
    return sorted(found.values(), key=lambda one: -one.times)[:MOST_WORDS]


def key_of(word):
    """A word of a file in the form in which it is remembered."""
    return normalise(word) or word.strip()


def _words(kind, text, around):
    if text in ("", FORMULA):
        return []
    if isinstance(kind, Codes):
        return parts_of(text, around.words.vocabulary[kind.vocabulary])
    if isinstance(kind, Languages):
        return parts_of(text, of_languages())
    return [text]


def _is_known(kind, word, around):
    try:
        kind.read(word, around.words)
    except CellError:
        return False
    return True


def options(name, around):
    """(value, label) of what a word in one of our columns may stand for."""
    kind = BY_NAME[name].kind
    if isinstance(kind, Codes):
        return sorted({(code, code) for code in around.words.vocabulary[kind.vocabulary].values()})
    if isinstance(kind, Languages):
        return sorted({(tag, f"{word} ({tag})") for word, tag in of_languages().items()})
    if isinstance(kind, YesNo):
        return [("yes", "yes"), ("no", "no")]
    return [(str(value), str(label)) for value, label in kind.choices.choices]


def mapped(table, mapping, around):
    """The `Sheet` of a table by a mapping."""
    columns, said = mapping["columns"], mapping.get("values", {})
    if len(columns) != len(table.headers):
        raise FileError(_("The columns of the file are others than those that are remembered."))
    origins = {}
    for index, name in enumerate(columns):
        if name:
            origins.setdefault(_plain_name(name), index)
    rows = [
        (number, _row(row, columns, said, table.headers, origins, around))
        for number, row in zip(table.numbers, table.rows, strict=True)
    ]
    return Sheet(origins, rows, foreign=True, notes=list(table.notes))


def _row(row, columns, said, headers, origins, around):
    found = dict.fromkeys(origins, "")
    for name, header, text in zip(columns, headers, row, strict=False):
        if not name or not text:
            continue
        if name in ONE_BY_ONE.values():
            text = _term(name, header, around) or "" if as_yes_or_no(text) else ""
        elif text != FORMULA:
            text = _translated(name, text, said.get(name, {}), around)
        name = _plain_name(name)
        parts = [found[name], text] if _is_list(name) else [text]
        found[name] = FORMULA if FORMULA in parts else ";".join(filter(None, parts))
    return found


def _translated(name, text, said, around):
    """A cell in our words: what somebody said of its words, and the other words as they are."""
    if not said:
        return text
    words = _words(BY_NAME[name].kind, text, around)
    ours = (said.get(key_of(word), word) for word in words)
    return plain(";".join(word for word in ours if word not in ("", LEFT_OUT)))


def remembered(city, table):
    """The mapping that this city said of files with these headers, or None."""
    known = ColumnMapping.objects.filter(city=city, fingerprint=table.fingerprint).first()
    return known and known.mapping


def remember(city, table, mapping):
    """Keep what was said for files with the same headers."""
    ColumnMapping.objects.update_or_create(
        city=city, fingerprint=table.fingerprint, defaults={"mapping": mapping}
    )
