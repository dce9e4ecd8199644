"""What the listing form of the administration needs for its script."""

from django import template

from services import scopes
from services.keeping import geocoding
from services.keeping.finding import is_secret
from services.roles import Power, standing_of

register = template.Library()


@register.inclusion_tag("office/keeping/form_tools.html", takes_context=True)
def listing_form_tools(context, service=None):
    """The addresses that the script of the form asks, in a city that this person edits; else nothing."""
    standing = standing_of(context["request"])
    cities = scopes.cities(standing).filter(pk__in=standing.cities_with(Power.EDIT))
    saved = service is not None and not service._state.adding
    own = cities.filter(services=service.pk).first() if saved else None
    secret = saved and is_secret(service)
    return {
        "city": own or cities.first(),
        "service": service if saved else None,
        "geocoder": geocoding.is_on() and not secret,
    }
