"""A city that lacks nothing, made of the fewest things."""

import datetime

from django.utils import timezone

from referrals import planning
from referrals.pathway import signing
from referrals.readiness import core
from services.models import City, SignOff
from tests.factories import make_city, make_group, make_service
from tests.people import make_person

AUTHORITY = "Harbour legal service, head"


def make_ready_city(**fields):
    """(the city, its two administrators): one door for every core need, confirmed today."""
    city = make_city("harbour", name="Harbour", **fields)
    city.country.emergency_numbers = {"any": "112"}
    city.country.save()
    for group in core.CORE:
        make_group(group)
    make_service(
        city,
        name="Every Door",
        slug="every-door",
        needs=core.NEEDS,
        confirmations=[{"field_group": "contact", "by": "city"}],
    )
    people = [make_person("administrator", city) for _person in range(2)]
    sign_everything(city)
    return City.objects.select_related("country").get(pk=city.pk), people


def sign_everything(city, days=180):
    """Sign whatever must be signed, for some days from today."""
    today = timezone.now().date()
    city = City.objects.get(pk=city.pk)
    for entry in signing.entries(planning.pathway_for(city)):
        if entry.is_legal:
            SignOff.objects.create(
                city=city,
                rule=entry.key,
                fingerprint=entry.fingerprint,
                authority=AUTHORITY,
                on=today,
                expires_on=today + datetime.timedelta(days=days),
            )
