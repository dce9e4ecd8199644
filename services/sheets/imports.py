"""The life of an import: uploaded, tried, shown, and then applied as it was shown or not at all."""

import datetime
import uuid
from pathlib import PurePath

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from services import consequences
from services.acting import Way, acting
from services.models import SheetImport
from services.roles import Power
from services.sheets import applying, feeds, mapping, reading
from services.sheets.applying import NotWrittenError
from services.sheets.plan import count, plan
from services.sheets.present import here
from services.sheets.sheet import from_json, of_ours, without_sealed
from services.sheets.tables import FileError, Table

KEPT = datetime.timedelta(hours=24)
#: Names of files that are tried at all; what a file is, its content says.
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".json", ".ndjson", ".zip")
State, Kind = SheetImport.State, SheetImport.Kind


def upload(user, standing, city, name, content, language):
    """The `SheetImport` of a file, tried if its columns are known. Raises `FileError`."""
    purge()
    name = _file_name(name)
    language = language if language in dict(settings.LANGUAGES) else "en"
    one = SheetImport(
        city=city,
        user=user,
        file_name=name,
        language=language,
        expires_at=timezone.now() + KEPT,
        sealed=standing.may(Power.SEALED, city),
    )
    if len(content) > reading.MOST_BYTES:
        reading.too_large()
    if feeds.is_feed(name, content):
        one.kind, said = Kind.FEED, feeds.read(name, content)
        one.content = kept(said)
        _try_feed(one, here(standing, city, language))
    else:
        _take_table(one, _read_table(content, one.sealed), here(standing, city, language))
    one.save()
    return one


def _file_name(name):
    name = PurePath(name.replace("\\", "/")).name[-100:]
    if not name.lower().endswith(ENDINGS):
        raise FileError(_("Upload a file that ends in .csv, .xlsx, .json or .zip."))
    return "".join(c if c.isprintable() else "�" for c in name)


def _read_table(content, sees_sealed):
    table = reading.read(content)
    if not sees_sealed and without_sealed(table):
        table.notes.append(
            _("The columns for administrators were left out: your role does not open them.")
        )
    return table


def _take_table(one, table, around):
    sheet = of_ours(table)
    if sheet is None:
        known = mapping.remembered(one.city, table)
        # What somebody else may have said of columns that are not this person's to fill in.
        if known is None or mapping.problems(known["columns"], table.headers, around):
            one.state, one.content = State.COLUMNS, kept(table.as_json() | {"notes": table.notes})
            return
        sheet = mapping.mapped(table, known, around)
    _try(one, sheet, around)


def _try(one, sheet, around):
    """Keep a sheet and what importing it would do."""
    language = sheet.language or one.language
    around = around if language == around.language else here(around.standing, one.city, language)
    one.state, one.language = State.WAITING, language
    one.content = kept(sheet.as_json())
    _keep(one, plan(sheet, around, one.id))


def _keep(one, lines):
    told = [line.as_json() for line in lines if line.state != "unchanged"]
    one.counts, one.result = count(lines), kept({"lines": told})


def _try_feed(one, around):
    report, seen = feeds.run(one.content, around, dry_run=True)
    one.counts, one.result = _feed_result(report, seen)


def _feed_result(report, seen):
    states = ("added", "changed", "unchanged", "kept", "rejected")
    lines = [
        {
            "row": line.where.row,
            "state": line.state,
            "name": line.name,
            "complaint": line.complaint,
            "notes": [f"{field}: {words}" if field else words for field, words in line.notes],
        }
        for line in report.lines
        if line.state != "unchanged" or line.notes
    ]
    counts = {state: report.count(state) for state in states}
    return counts, kept({"lines": lines, "seen": seen, "notes": report.notes})


def table_of(one):
    """The `Table` of an import whose columns are not known yet."""
    said = one.content
    return Table(said["headers"], said["rows"], said["numbers"], said["notes"])


def choose_columns(one, standing, said):
    """Try an import with columns that somebody chose, and remember them for the city."""
    table, around = table_of(one), here(standing, one.city, one.language)
    sheet = mapping.mapped(table, said, around)
    mapping.remember(one.city, table, said)
    _try(one, sheet, around)
    one.save()


def try_again(one, standing):
    """Compare the file with what is there now."""
    around = here(standing, one.city, one.language)
    if one.kind == Kind.FEED:
        _try_feed(one, around)
    else:
        _keep(one, plan(from_json(one.content), around, one.id))
    one.save()


class ChangedSinceError(NotWrittenError):
    """What was shown is not what would happen now; `names` are the listings that differ."""

    def __init__(self, names):
        super().__init__(_("Nothing was imported: listings changed since the file was checked."))
        self.names = names


class TakesAwayError(NotWrittenError):
    """The city would lose something by what is changed; `lost` are sentences on what."""

    def __init__(self, lost):
        super().__init__(_("Nothing is imported yet: look at what the city would lose."))
        self.lost = lost


def apply(one, user, standing, *, anyway=False):
    """Write what was shown, all of it or nothing. Says whether this call did it: once is enough.

    Raises `NotWrittenError` where a row is rejected or anything differs from what was shown, and
    `TakesAwayError` where people would lose a door by it and nobody has said "anyway".
    """
    with acting(user, Way.IMPORT), transaction.atomic():
        # The row is the lock: a second click waits here, and then finds it applied.
        mine = SheetImport.objects.filter(pk=one.pk, state=State.WAITING)
        if not mine.update(state=State.APPLIED, applied_at=timezone.now()):
            return False
        one.refresh_from_db()
        if one.counts.get("rejected"):
            raise NotWrittenError(_("Nothing was imported: put the rejected rows right first."))
        around = here(standing, one.city, one.language)
        _write_watched(one, around, anyway)
        SheetImport.objects.filter(pk=one.pk).update(sealed_details="")
    return True


def _write_watched(one, around, anyway):
    def write():
        _apply_feed(one, around) if one.kind == Kind.FEED else _apply_sheet(one, around)

    # What is added takes nothing away.
    if anyway or not one.counts.get("changed"):
        write()
        return
    lost = consequences.of_many([one.city], write)
    if lost:
        raise TakesAwayError([sentence for _city, sentence in lost])


def _apply_sheet(one, around):
    shown = one.result["lines"]
    applying.lock(line["id"] for line in shown if line["state"] == "changed")
    lines = plan(from_json(one.content), around, one.id)
    now = [line.as_json() for line in lines if line.state != "unchanged"]
    if _essence(now) != _essence(shown):
        raise ChangedSinceError(_differing(_essence(shown), _essence(now)))
    applying.write(lines, around)


def _essence(lines):
    """Row -> what was shown of it, without the words of messages, which are in somebody's language."""
    return {
        line["row"]: (
            line["name"],
            line["state"],
            line["id"],
            line["modified"],
            [list(change) for change in line["changes"]],
        )
        for line in lines
    }


def _differing(shown, now):
    rows = [row for row in sorted(shown.keys() | now.keys()) if shown.get(row) != now.get(row)]
    return [(shown.get(row) or now.get(row))[0] or str(row) for row in rows]


def _apply_feed(one, around):
    shown = one.result
    report, seen = feeds.run(one.content, around, dry_run=False)
    now = _feed_result(report, seen)[1]
    differing = [seen[0] for key, seen in shown["seen"].items() if now["seen"].get(key) != seen]
    states = [[(line["row"], line["state"]) for line in said["lines"]] for said in (shown, now)]
    if differing or states[0] != states[1]:
        raise ChangedSinceError(differing)


def run(content, around, *, dry_run):
    """The lines of importing a file at once, for a command; where a row is rejected nothing stands.

    Files with columns of their own need a mapping that the city said before, in its office.
    """
    table = _read_table(content, around.sees_sealed)
    sheet = of_ours(table)
    if sheet is None:
        known = mapping.remembered(around.city, table)
        if known is None or mapping.problems(known["columns"], table.headers, around):
            raise FileError(
                _("Its columns are not known here. Upload it once in the city's office.")
            )
        sheet = mapping.mapped(table, known, around)
    if sheet.language and sheet.language != around.language:
        around = here(around.standing, around.city, sheet.language, sealed=around.sees_sealed)
    with acting(None, Way.IMPORT), transaction.atomic():
        lines = plan(sheet, around, uuid.uuid4())
        if not dry_run and not count(lines)["rejected"]:
            applying.lock(line.id for line in lines if line.state == "changed")
            if transaction.get_connection().features.has_select_for_update:
                # On SQLite the transaction itself is the lock; here somebody may have been before us.
                lines = plan(sheet, around, uuid.uuid4())
            applying.write(lines, around)
    return lines


def purge():
    """Delete what has expired; how many."""
    return SheetImport.objects.expired(timezone.now()).delete()[0]


def kept(said):
    """As it is when it was kept and read again."""
    return orjson.loads(orjson.dumps(said))
