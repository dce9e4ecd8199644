"""The pages of coverage: the matrix, why a cell is so, dead ends, and the minimums."""

from dataclasses import dataclass

from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from referrals.coverage import phrases, sheet, table
from referrals.coverage.dead_ends import FAR_LINES, NO_DOOR, proof_of
from referrals.coverage.forms import CellForm, Inhabitants, Situation
from referrals.coverage.matrix import Cell, matrix_of
from referrals.coverage.minimums import minimums_of
from referrals.coverage.office import ROUTE
from referrals.coverage.people import BY_CODE
from referrals.coverage.why import parts_of
from services import office
from services.acting import Way, acting
from services.names import names
from services.roles import Power

#: Dead ends of one urgency that stand open; the rest is folded.
MOST = 100


@require_safe
@office.requires(Power.READ)
def matrix(request, city):
    """Need × person for a chosen hour, language and status; 400 where these cannot be read."""
    found = matrix_of(city)
    form = Situation(request.GET, found.languages)
    if not form.is_valid():
        return _page(request, "matrix", city, {"form": form, "legend": table.legend()}, status=400)
    context = {
        "form": form,
        "chosen": form.chosen,
        "people": [capfirst(person.name) for person in BY_CODE.values()],
        "rows": table.rows(city, found, names().needs, form.chosen),
        "charts": table.charts(found),
        "legend": table.legend(),
        "number": phrases.number(len(found.states)),
        "listings": phrases.number(found.masks.size),
    }
    return _page(request, "matrix", city, context)


@require_safe
@office.requires(Power.READ)
def why(request, city):
    """The listings behind one cell and what each says; 400 where the cell cannot be read."""
    found = matrix_of(city)
    form = CellForm(request.GET, found.languages)
    if not form.is_valid():
        return _page(request, "why", city, {"form": form}, status=400)
    cell = Cell(
        form.cleaned_data["need"],
        form.cleaned_data["group"],
        form.chosen["hour"],
        form.chosen["status"],
        form.chosen["language"],
    )
    state = found.state(cell)
    context = {
        "need": names().needs.get(cell.need, cell.need),
        "who": capfirst(phrases.who({axis: (value,) for axis, value in cell._asdict().items()})),
        "sign": table.SIGNS[state],
        "meaning": table.MEANINGS[state],
        "state": state,
        "parts": parts_of(city, found, cell, get_language()),
        "situation": form.chosen,
    }
    return _page(request, "why", city, context)


@require_safe
@office.requires(Power.READ)
def cells(request, city):
    """Every cell as CSV."""
    lines = sheet.lines(matrix_of(city), names().needs)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="coverage-{city.slug}.csv"'
    return response


@dataclass(frozen=True)
class Told:
    """A dead end in words."""

    who: str
    need: str
    urgency: str
    ends_in: str
    kind: str
    example: str
    combinations: str


@require_safe
@office.requires(Power.READ)
def dead_ends(request, city):
    """Which steps of all plans fall back, and for whom; the first time after a change takes seconds."""
    proof = proof_of(city)
    titles = names().needs
    told = [tell(one, titles) for one in proof.dead_ends]
    context = {
        "all": phrases.number(proof.combinations),
        "steps": phrases.number(proof.steps),
        "planned": phrases.number(proof.planned),
        "kinds": len(told),
        "told": told[:MOST],
        "rest": told[MOST:],
        "rest_from": MOST + 1,
    }
    return _page(request, "dead_ends", city, context)


def tell(one, titles):
    """A `DeadEnd` in words."""
    _number, story, _hour = one.example
    return Told(
        phrases.people_of_grid(one.facts),
        titles.get(one.need, one.need),
        phrases.URGENCIES[one.urgency],
        titles.get(one.ends_in, one.ends_in),
        one.ends_in if one.ends_in in (NO_DOOR, FAR_LINES) else "falls",
        phrases.story(story, titles),
        phrases.number(one.combinations),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office.requires(Power.READ)
def minimums(request, city):
    """The minimums of the Council of Europe; who may change the city says how many live there."""
    may_change = request.standing.may(Power.CITY, city)
    if request.method == "POST" and not may_change:
        return office.refused(request)
    form = Inhabitants(request.POST if request.method == "POST" else None, instance=city)
    if request.method == "POST" and form.is_valid():
        with acting(request.user, Way.FORM):
            form.save()
        return redirect("office-minimums", city.slug)
    if request.method == "POST":
        city.refresh_from_db()
    context = {"form": form, "may_change": may_change, "minimums": minimums_of(city)}
    return _page(request, "minimums", city, context, status=400 if form.errors else 200)


def _page(request, name, city, context, status=200):
    template = f"office/coverage/{name}.html"
    return office.page(request, template, city, context, status=status, here=ROUTE)
