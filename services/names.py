"""The names of needs, target groups and a city, in one language or else in English."""

from dataclasses import dataclass

from django.db.models import F, Value
from django.utils.translation import get_language

from services.kept import Kept
from services.models import City, Need, TargetGroup
from services.projection import FALLBACK_LANGUAGE


@dataclass(frozen=True)
class Names:
    """Code -> name, in the order of the taxonomy; the city's name, or its slug."""

    needs: dict[str, str]
    groups: dict[str, str]
    city: str = ""


#: Names kept by one process, a city and language each: some two megabytes.
_kept = Kept(200)


def names(city=None, language=None):
    """Every name that a page of the directory says; one query, none while the city's version is kept."""
    language = language or get_language() or FALLBACK_LANGUAGE
    if city is None:
        return _read(None, language)
    key = (city.pk, city.version, language)
    found = _kept.peek(key)
    if found is None:
        found = _read(city, language)
        # Read from a replica that lags behind the city's row, they are good for once.
        if City.objects.filter(pk=city.pk, version=city.version).exists():
            _kept.put(key, found)
    return found


def forget():
    """Drop what is kept (tests, and imports that bypass signals)."""
    _kept.forget()


def _read(city, language):
    rows = _rows("need", Need, F("master__position"), language)
    rows = rows.union(_rows("group", TargetGroup, F("master__position"), language))
    if city is not None:
        rows = rows.union(_rows("city", City, Value(0), language, master=city.pk))
    # The language asked for comes last, so that it wins.
    found = sorted(rows, key=lambda row: (row[4] == language, row[1], row[2]))
    by_kind = {kind: {} for kind in ("need", "group", "city")}
    for kind, _position, code, name, _language in found:
        by_kind[kind][code] = name
    slug = city.slug if city else ""
    return Names(
        _in_order(by_kind["need"], found),
        _in_order(by_kind["group"], found),
        by_kind["city"].get(slug, slug),
    )


def _rows(kind, model, position, language, **only):
    code = "master__slug" if model is City else "master_id"
    rows = model._parler_meta.root_model.objects.filter(
        language_code__in={language, FALLBACK_LANGUAGE}, **only
    )
    rows = rows.annotate(kind=Value(kind), position=position, code=F(code))
    return rows.order_by().values_list("kind", "position", "code", "name", "language_code")


def _in_order(by_code, rows):
    position = {code: place for _kind, place, code, _name, _language in rows}
    return dict(sorted(by_code.items(), key=lambda item: (position[item[0]], item[0])))
