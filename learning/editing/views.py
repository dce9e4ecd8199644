"""The pages on which network administrators keep the toolboxes."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learning import reading, versions
from learning.editing import saving
from learning.editing.forms import PassageForm, TranslationForm, source_lines
from learning.models import Passage
from learning.reading import ENGLISH
from learning.versions import ChangedMeanwhileError
from services import office

LANGUAGES = dict(settings.LANGUAGES)


@dataclass(frozen=True)
class Line:
    """A passage in the list: its English title, and (language, state) of its translations."""

    passage: Passage
    title: str
    languages: list


@require_safe
@office.requires_network
def passages(request):
    """Every passage: what is overdue first, then group by group."""
    found = Passage.objects.select_related("edited_by").prefetch_related("translations")
    lines = [_line(passage) for passage in found]
    due = [line for line in lines if line.passage.is_overdue and line.passage.is_shown]
    groups = [
        (name, [line for line in lines if line.passage.group == group])
        for group, name in [*Passage.Group.choices, ("", _("For everybody"))]
    ]
    context = {"due": due, "groups": groups}
    return office.network_page(request, "learning/office/passages.html", context, here="passages")


def _line(passage):
    rows = {row.language_code: row for row in passage.translations.all()}
    english = rows.get(ENGLISH)
    states = [(code, _state(rows.get(code), english)) for code in LANGUAGES if code != ENGLISH]
    return Line(passage, english.title if english else passage.code, states)


def _state(row, english):
    if row is None:
        return _("missing")
    if english and reading.is_behind(row, english):
        return _("behind the English")
    return _("draft") if row.is_draft else _("checked")


@require_http_methods(["GET", "HEAD", "POST"])
@office.requires_network
def passage(request, code):
    """The English of a passage, its sources, its review and its sign-off."""
    found = _passage(code)
    english = found.translations.filter(language_code=ENGLISH).first()
    if request.method != "POST":
        return _form(request, found, PassageForm(initial=_initial(found, english)))
    form = PassageForm(request.POST)
    if not form.is_valid():
        return _form(request, found, form, status=400)
    try:
        is_fallen = saving.save_passage(code, form.cleaned_data, request.user)
    except ChangedMeanwhileError:
        return _form(request, found, form, status=409, is_late=True)
    if is_fallen:
        messages.warning(
            request, _("The sign-off was for the text before: it is gone. Ask for a new one.")
        )
    messages.success(request, _("Saved."))
    return redirect("passages")


def _initial(found, english):
    words = {"title": english.title, "body": english.body} if english else {}
    fields = {name: getattr(found, name) for name in saving.FIELDS}
    lines = source_lines(found.sources)
    return fields | words | {"sources": lines, "seen": versions.latest(found)}


@require_http_methods(["GET", "HEAD", "POST"])
@office.requires_network
def words(request, code, language):
    """The words of a passage in another language, beside the English."""
    found = _passage(code)
    if language not in LANGUAGES or language == ENGLISH:
        raise Http404
    rows = {row.language_code: row for row in found.translations.all()}
    context = _translating(language, rows)
    if request.method != "POST":
        initial = _initial_words(found, rows.get(language))
        return _form(request, found, TranslationForm(initial=initial), **context)
    form = TranslationForm(request.POST)
    if not form.is_valid():
        return _form(request, found, form, status=400, **context)
    try:
        saving.save_words(code, language, form.cleaned_data, request.user)
    except ChangedMeanwhileError:
        return _form(request, found, form, status=409, is_late=True, **context)
    messages.success(request, _("Saved."))
    return redirect("passages")


def _translating(language, rows):
    row, english = rows.get(language), rows.get(ENGLISH)
    return {
        "language": language,
        "language_name": LANGUAGES[language],
        "english": english and reading.words_of(english),
        "is_behind": bool(row and english and reading.is_behind(row, english)),
        "is_draft": bool(row and row.is_draft),
    }


def _initial_words(found, row):
    words = {"title": row.title, "body": row.body} if row else {}
    checked = bool(row) and not row.is_draft
    return words | {"is_checked": checked, "seen": versions.latest(found)}


def _passage(code):
    return get_object_or_404(Passage.objects.select_related("edited_by"), pk=code)


def _form(request, found, form, status=200, **more):
    context = {"passage": found, "form": form, "languages_of": LANGUAGES.items()} | more
    return office.network_page(
        request, "learning/office/passage.html", context, status=status, here="passages"
    )


@require_safe
@office.requires_network
def history(request, code):
    """How a passage stood after each change, and what changed."""
    found = _passage(code)
    context = {"passage": found, "entries": versions.history(found)}
    return office.network_page(request, "learning/office/history.html", context, here="passages")


@require_POST
@office.requires_network
def bring_back(request, code, version):
    """Make a passage what it was in a version."""
    found = get_object_or_404(_passage(code).versions, pk=version)
    versions.bring_back(found, request.user)
    messages.success(request, _("This version is back. The one before is in the history."))
    return redirect("passage-history", code)
