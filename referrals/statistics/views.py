"""What a city learned from its referrals in a quarter, as a page and as CSV."""

from django.http import Http404, StreamingHttpResponse
from django.views.decorators.http import require_safe

from referrals.statistics import charts, phrases, reading, sheet
from referrals.statistics.office import ROUTE
from services import office
from services.names import names
from services.roles import Power


@require_safe
@office.requires(Power.READ)
def statistics(request, city):
    """The newest quarter that is over, or the one asked for; 404 for one that may not be read."""
    quarters = reading.quarters_of(city)
    if not quarters:
        return _page(request, "empty", city, _waiting(city))
    quarter = _chosen(request, quarters)
    (publication,) = reading.publications(city, [quarter])
    known = names()
    summary, taken = charts.summary(publication)
    context = {
        "quarters": [(q.code, phrases.quarter(q), q == quarter) for q in quarters],
        "quarter": phrases.quarter(quarter),
        "withheld": charts.withheld(publication),
        "legend": charts.legend(),
        "summary": summary,
        "taken": taken,
        "tables": charts.tables(publication, known),
        "in_time": charts.in_time(publication),
        "reasons": charts.reasons(publication, known),
        "dead_ends": charts.dead_ends(publication, known),
    }
    return _page(request, "statistics", city, context)


@require_safe
@office.requires(Power.READ)
def statistics_csv(_request, city):
    """Every quarter that may be read."""
    found = reading.publications(city, reading.quarters_of(city))
    response = StreamingHttpResponse(
        sheet.lines(found, names()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="statistics-{city.slug}.csv"'
    return response


def _chosen(request, quarters):
    code = request.GET.get("quarter", quarters[0].code)
    found = next((quarter for quarter in quarters if quarter.code == code), None)
    if found is None:
        raise Http404
    return found


def _waiting(city):
    """What will appear, and when."""
    first = reading.first_quarter(city)
    return {
        "began": reading.began(city),
        "ends_on": first.last_day,
        "published_on": first.published_on,
    }


def _page(request, name, city, context):
    return office.page(request, f"office/statistics/{name}.html", city, context, here=ROUTE)
