"""Pages of spreadsheets in a city's office: out, in, what would change, and which column is what."""

import functools

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from services import office
from services.models import SheetImport
from services.roles import Power
from services.sheets import imports, mapping, writing
from services.sheets.columns import BY_NAME
from services.sheets.plan import STATES
from services.sheets.present import here
from services.sheets.sheet import from_json
from services.sheets.tables import MOST_BYTES, MOST_ROWS, FileError
from services.sheets.uploads import is_too_large

HERE = "sheets"
ON_A_PAGE = 100
STATE_NAMES = {
    "added": gettext_lazy("new"),
    "changed": gettext_lazy("changed"),
    "unchanged": gettext_lazy("unchanged"),
    "kept": gettext_lazy("left as it is"),
    "rejected": gettext_lazy("rejected"),
}

office.add_link(gettext_lazy("Import and export"), HERE, Power.EDIT, 60)


def _tasks(request, city):
    """Files of theirs that wait to be imported; one query."""
    if not request.standing.may(Power.EDIT, city):
        return
    waiting = SheetImport.objects.of(request.user, city).exclude(state=SheetImport.State.APPLIED)
    for one in waiting.only("id", "file_name"):
        text = _("%(file)s waits to be imported") % {"file": one.file_name}
        yield office.Task(text, reverse("sheet-import", args=[city.slug, one.pk]), 1, 70)


office.add_tasks(_tasks)


@require_http_methods(["GET", "HEAD", "POST"])
@office.requires(Power.EDIT)
def sheets(request, city):
    """What can be taken out, and the form to bring something in."""
    if request.method != "POST":
        return _front(request, city)
    try:
        one = _uploaded(request, city)
    except FileError as error:
        return _front(request, city, error=str(error), status=400)
    return redirect("sheet-import", city.slug, one.pk)


def _uploaded(request, city):
    if is_too_large(request):
        raise FileError(_("The file is larger than 5 MB. Split it and import the parts."))
    file = request.FILES.get("file")
    if file is None:
        raise FileError(_("Choose a file first."))
    if file.size > MOST_BYTES:
        raise FileError(_("The file is larger than 5 MB. Split it and import the parts."))
    language = request.POST.get("language", "")
    standing = request.standing
    return imports.upload(request.user, standing, city, file.name, file.read(), language)


def _front(request, city, *, error="", status=200):
    waiting = SheetImport.objects.of(request.user, city).defer("sealed_details")
    facts = {
        "error": error,
        "imports": waiting,
        "texts": settings.LANGUAGES,
        "language": get_language(),
        "sees_sealed": request.standing.may(Power.SEALED, city),
        "most_rows": MOST_ROWS,
    }
    return office.page(request, "office/sheets/front.html", city, facts, status=status, here=HERE)


# Out


@require_GET
@office.requires(Power.EDIT)
def export(request, city):
    """The city's own listings as a file."""
    return _file(request, city, writing.export, "listings")


@require_GET
@office.requires(Power.EDIT)
def template(request, city):
    """An empty sheet with an example."""
    return _file(request, city, writing.template, "template")


def _file(request, city, make, name):
    form, language = request.GET.get("format", "xlsx"), request.GET.get("language", "en")
    if form not in writing.TYPES or language not in dict(settings.LANGUAGES):
        return _front(request, city, error=_("Choose a kind of file and a language."), status=400)
    around = here(request.standing, city, language, sealed=request.GET.get("sealed") == "yes")
    sealed = "-sealed" if around.sees_sealed else ""
    file = f"{city.slug}-{name}-{language}{sealed}.{form}"
    return _download(make(around, form), writing.TYPES[form], file)


def _download(content, kind, name):
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# In


def of_mine(view):
    """The view gets the `SheetImport` of this person; anything else has expired for them."""

    @functools.wraps(view)
    @office.requires(Power.EDIT)
    def wrapped(request, city, pk):
        one = SheetImport.objects.of(request.user, city).filter(pk=pk).first()
        # Somebody who lost a role no longer sees what they uploaded in it.
        is_theirs = one and (not one.sealed or request.standing.may(Power.SEALED, city))
        if not is_theirs or one.is_shut:
            return office.page(request, "office/sheets/gone.html", city, status=404, here=HERE)
        return view(request, city, one)

    return wrapped


@require_safe
@of_mine
def show(request, city, one):
    """What importing would do; before that, which column is what; afterwards, what was done."""
    if one.state == SheetImport.State.COLUMNS:
        return redirect("sheet-columns", city.slug, one.pk)
    return _shown(request, city, one)


def _shown(request, city, one, *, error="", names=(), lost=(), status=200):
    said = one.result or {"lines": []}
    wanted = request.GET.get("show", "rejected" if one.counts.get("rejected") else "")
    lines = [line for line in said["lines"] if wanted in ("", line["state"])]
    page = Paginator(lines, ON_A_PAGE).get_page(request.GET.get("page"))
    facts = {
        "one": one,
        "tabs": _tabs(one, wanted),
        "lines": [_line(line) for line in page],
        "page": page,
        "earlier": page.has_previous() and f"?show={wanted}&page={page.number - 1}",
        "later": page.has_next() and f"?show={wanted}&page={page.number + 1}",
        "notes": said.get("notes", []) or _notes(one),
        "error": error,
        "names": names,
        "lost": lost,
        "writes": one.counts.get("added", 0) + one.counts.get("changed", 0),
        "rejected": one.counts.get("rejected", 0),
        "is_feed": one.kind == SheetImport.Kind.FEED,
    }
    return office.page(request, "office/sheets/import.html", city, facts, status=status, here=HERE)


def _notes(one):
    if one.kind == SheetImport.Kind.FEED or not one.content:
        return []
    return one.content.get("notes", [])


def _tabs(one, wanted):
    """(state, its name, how many, whether it is shown) of each state of a row."""
    return [
        (state, STATE_NAMES[state], one.counts[state], state == wanted)
        for state in (*STATES[:3], "kept", STATES[3])
        if state in one.counts
    ]


def _line(line):
    """A line for the page: with the names of its columns."""
    said = line | {"state_name": STATE_NAMES[line["state"]]}
    said["changes"] = [
        (_label(column), cell, old, new) for column, cell, old, new in line.get("changes", ())
    ]
    said["complaints"] = [
        (_label(column), cell, message) for column, cell, message in line.get("complaints", ())
    ]
    return said


def _label(column):
    return BY_NAME[column].label if column in BY_NAME else column


@require_POST
@of_mine
def apply(request, city, one):
    """Do what was shown."""
    try:
        anyway = "anyway" in request.POST
        did = imports.apply(one, request.user, request.standing, anyway=anyway)
    except imports.NotWrittenError as error:
        # The state of the object is that of a transaction that was taken back.
        one.refresh_from_db()
        names, lost = getattr(error, "names", ()), getattr(error, "lost", ())
        facts = {"error": str(error), "names": names, "lost": lost}
        return _shown(request, city, one, **facts, status=409)
    if did:
        messages.success(request, _("Imported."))
    return redirect("sheet-import", city.slug, one.pk)


@require_POST
@of_mine
def check(request, city, one):
    """Compare the file once more with what is there."""
    if one.state == SheetImport.State.WAITING:
        imports.try_again(one, request.standing)
    return redirect("sheet-import", city.slug, one.pk)


@require_POST
@of_mine
def discard(request, city, one):
    """Forget a file."""
    one.delete()
    return redirect("sheets", city.slug)


@require_safe
@of_mine
def rejected(request, city, one):
    """The rejected rows as CSV: which cell, what stands in it, what to do."""
    lines = one.result["lines"] if one.result else []
    bad = [line for line in lines if line["state"] == "rejected"]
    is_feed = one.kind == SheetImport.Kind.FEED
    rows = _bad_feed_rows(bad) if is_feed else _bad_rows(bad, one)
    headers = [_("row"), _("cell"), _("column"), _("listing"), _("it says"), _("what to do")]
    content = "".join(writing.csv_of(headers, rows)).encode("utf-8-sig")
    return _download(content, writing.TYPES["csv"], "rejected.csv")


def _bad_rows(lines, one):
    texts = dict(from_json(one.content).rows)
    for line in lines:
        for column, cell, message in line["complaints"]:
            said = texts.get(line["row"], {}).get(column, "").replace("\0formula", "=…")
            yield line["row"], cell, column, line["name"], said, message


def _bad_feed_rows(lines):
    for line in lines:
        yield line["row"], "", "", line["name"], "", line["complaint"]


# Columns of other people's files


@require_http_methods(["GET", "HEAD", "POST"])
@of_mine
def columns(request, city, one):
    """Which column of a file is what, and which words in it mean what."""
    if one.state != SheetImport.State.COLUMNS:
        return redirect("sheet-import", city.slug, one.pk)
    table, around = imports.table_of(one), here(request.standing, city, one.language)
    if request.method != "POST":
        chosen = mapping.guesses(table.headers, around)
        return _columns_page(request, city, one, table, around, chosen)
    chosen = [request.POST.get(f"column-{n}", "") for n in range(len(table.headers))]
    problems = mapping.problems(chosen, table.headers, around)
    if problems:
        return _columns_page(
            request, city, one, table, around, chosen, problems=problems, status=400
        )
    unknown = mapping.unknown_words(table, chosen, around)
    if unknown and request.POST.get("step") != "words":
        return _words_page(request, city, one, chosen, unknown, around)
    said = {"columns": chosen, "values": _said_words(request, unknown, around)}
    imports.choose_columns(one, request.standing, said)
    return redirect("sheet-import", city.slug, one.pk)


def _columns_page(request, city, one, table, around, chosen, *, problems=(), status=200):
    offered = mapping.targets(around)
    samples = [_samples(table, n) for n in range(len(table.headers))]
    facts = {
        "one": one,
        "columns": [
            {"header": header, "samples": said, "chosen": name}
            for header, said, name in zip(table.headers, samples, chosen, strict=True)
        ],
        "targets": offered,
        "problems": problems,
    }
    template = "office/sheets/columns.html"
    return office.page(request, template, city, facts, status=status, here=HERE)


def _samples(table, index):
    """The first different texts of a column."""
    found = {}
    for row in table.rows[:200]:
        if index < len(row) and row[index] and len(found) < 3:
            found.setdefault(row[index].replace("\0formula", "=…")[:60])
    return list(found)


def _words_page(request, city, one, chosen, unknown, around):
    by_column = {}
    for number, word in enumerate(unknown):
        by_column.setdefault(word.column, []).append((number, word))
    groups = [
        (BY_NAME[name].label, words, mapping.options(name, around))
        for name, words in by_column.items()
    ]
    facts = {"one": one, "chosen": chosen, "groups": groups}
    return office.page(request, "office/sheets/words.html", city, facts, here=HERE)


def _said_words(request, unknown, around):
    """Column -> word of the file, as it is compared -> ours; of what somebody chose."""
    found = {}
    for number, word in enumerate(unknown):
        chosen = request.POST.get(f"word-{number}", "")
        if chosen == mapping.LEFT_OUT or chosen in dict(mapping.options(word.column, around)):
            found.setdefault(word.column, {})[mapping.key_of(word.word)] = chosen
    return found
