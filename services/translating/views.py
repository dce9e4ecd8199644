"""Languages in the office: how far each one is, texts out to translators, and back in."""

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST, require_safe

from services import office, speaking
from services.acting import Way
from services.models import City, Service
from services.names import names
from services.roles import Power
from services.sheets.uploads import is_too_large
from services.translating import catalogues, po, texts, transfer
from services.translating.po import Entry
from services.translating.weighing import ENGLISH
from services.visibility import Audience

HERE, NETWORK_HERE = "languages", "network-languages"
#: What was uploaded comes back with the form that applies it, signed; a form may be so large.
MOST_SIGNED = 200 * 1024
SIGNED_SECONDS = 60 * 60
#: So many rows of each kind are shown before they are only counted.
SHOWN = 50
#: Cities on a page of the network: every text of each is read.
CITIES = 10

office.add_link(gettext_lazy("Languages"), HERE, Power.CITY, 65)
office.add_network_link(gettext_lazy("Languages"), NETWORK_HERE, 65)


@require_safe
@office.requires(Power.CITY)
def languages(request, city):
    """How far each language is, and for the city's administrators the way out and in."""
    return _front(request, city)


def _front(request, city, *, error="", status=200):
    first = speaking.languages_of(city)
    codes = sorted(_targets(), key=lambda code: (code not in first, code))
    facts = {
        "error": error,
        "lines": [_line(code, city, code in first) for code in codes],
        "targets": [(code, dict(settings.LANGUAGES)[code]) for code in codes],
        "may_translate": request.standing.may(Power.SEALED, city),
    }
    return office.page(
        request, "office/languages/front.html", city, facts, status=status, here=HERE
    )


def _targets():
    return [code for code, _name in settings.LANGUAGES if code != ENGLISH]


def _line(code, city, is_of_city):
    services = Service.objects.visible_to(Audience.PROFESSIONAL).serving(city)
    return {
        "code": code,
        "name": dict(settings.LANGUAGES)[code],
        "is_of_city": is_of_city,
        "site": catalogues.counts(code),
        "listings": texts.counts(texts.of_services(services, code)),
    }


@require_safe
@office.requires_network
def network_languages(request):
    """The words of the site by language, and each city's listings in its languages, some cities a page."""
    every = City.objects.select_related("country").order_by("slug")
    cities = Paginator(every, CITIES).get_page(request.GET.get("page"))
    facts = {
        "page": cities,
        "earlier": f"?page={cities.number - 1}" if cities.has_previous() else "",
        "later": f"?page={cities.number + 1}" if cities.has_next() else "",
        "site": [
            {"code": code, "name": dict(settings.LANGUAGES)[code], "site": catalogues.counts(code)}
            for code in _targets()
        ],
        "cities": [
            {
                "city": city,
                "name": names(city).city,
                "lines": [
                    _line(code, city, True)
                    for code in speaking.languages_of(city)
                    if code != ENGLISH
                ],
            }
            for city in cities
        ],
    }
    return office.network_page(request, "office/languages/network.html", facts, here=NETWORK_HERE)


@require_GET
@office.requires(Power.SEALED)
def export(request, city):
    """The texts of the city's listings as a PO file for one language."""
    language = request.GET.get("language", "")
    if language not in _targets():
        raise Http404
    entries = transfer.entries(transfer.listings_of(request.standing, city), language)
    content = po.as_text(language, entries)
    response = HttpResponse(content, content_type="text/x-gettext-translation; charset=utf-8")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{city.slug}-listings.{language}.po"'
    )
    return response


@require_POST
@office.requires(Power.SEALED)
def preview(request, city):
    """What a file would do. Nothing is written."""
    try:
        language, entries = _uploaded(request)
        signed = _signed(request, city, language, entries)
    except po.FileError as error:
        return _front(request, city, error=str(error), status=400)
    made = transfer.plan(transfer.listings_of(request.standing, city), language, entries)
    facts = {
        "plan": made,
        "language": language,
        "language_name": dict(settings.LANGUAGES)[language],
        "signed": signed,
        "shown": SHOWN,
        "count": len(made.changes(replace=True)),
    }
    status = 400 if made.faults else 200
    return office.page(
        request, "office/languages/preview.html", city, facts, status=status, here=HERE
    )


def _uploaded(request):
    file = request.FILES.get("file")
    if is_too_large(request) or (file and file.size > po.MOST_BYTES):
        raise po.FileError(_("The file is larger than 5 MB. Take out what is not to be changed."))
    if file is None:
        raise po.FileError(_("Choose a file first."))
    found = po.parse(file.read(), file.name[:80])
    language = found.language.split("_")[0].split("-")[0].lower()
    if language not in _targets():
        raise po.FileError(
            _(
                "The file does not say its language, or one that the site does not have. "
                "Set the language in your PO editor, and save it anew."
            )
        )
    return language, found.entries


def _salt(request, city):
    return f"translations:{request.user.pk}:{city.pk}"


def _signed(request, city, language, entries):
    """The file as the form carries it; texts without a translation are not in it."""
    said = [[e.context, e.source, e.text, e.is_draft, e.line] for e in entries if e.text]
    signed = signing.dumps([language, said], salt=_salt(request, city), compress=True)
    if len(signed) > MOST_SIGNED:
        raise po.FileError(
            _("These are too many texts at once. Take out those that are not to be changed.")
        )
    return signed


@require_POST
@office.requires(Power.SEALED)
def apply(request, city):
    """Write what was looked at, as far as it still fits."""
    try:
        language, said = signing.loads(
            request.POST.get("signed", ""), salt=_salt(request, city), max_age=SIGNED_SECONDS
        )
    except signing.BadSignature:
        text = _("This form stood open for too long. Upload the file again.")
        return _front(request, city, error=text, status=400)
    entries = [Entry(c, source, text, draft, line=line) for c, source, text, draft, line in said]
    replace = request.POST.get("replace") == "yes"
    services = transfer.listings_of(request.standing, city)
    made = transfer.apply(services, language, entries, request.user, Way.IMPORT, replace=replace)
    if made.faults:
        text = _("Nothing was written: the listings changed meanwhile. Upload the file again.")
        return _front(request, city, error=text, status=400)
    number = len(made.changes(replace=replace))
    text = ngettext("%(count)d text was written.", "%(count)d texts were written.", number)
    messages.success(request, text % {"count": number})
    return redirect(HERE, city.slug)
