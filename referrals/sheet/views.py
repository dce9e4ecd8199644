"""The sheet of a city, on screen and on paper."""

from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from referrals.pathway.plan import NoDoorError
from referrals.sheet.page import sheet_of
from referrals.visiting import city_or_404


@require_safe
def sheet(request, city):
    """First doors, clock table, numbers and duties: the same for every reader, with public listings alone."""
    city = city_or_404(city)
    try:
        page = sheet_of(city, get_language())
    except NoDoorError:
        return render(request, "referrals/no_services.html", {"city": city}, status=503)
    return render(request, "referrals/sheet.html", {"city": city, "page": page})
