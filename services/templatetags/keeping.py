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
    saved = service is not None and not service._state.adding
    secret = saved and is_secret(service)
    return {
        "city": _city_of(standing_of(context["request"]), service if saved else None),
        "service": service if saved else None,
        "geocoder": geocoding.is_on() and not secret,
    }


@register.inclusion_tag("office/keeping/listing_links.html", takes_context=True)
def listing_links(context, service):
    """Where else one goes from the form of a listing that is there already."""
    city = _city_of(standing_of(context["request"]), service)
    return {"city": city, "service": service, "secret": is_secret(service)}


def _city_of(standing, service):
    """A city that this person edits: one of the listing's, if it has one of theirs."""
    cities = scopes.cities(standing).filter(pk__in=standing.cities_with(Power.EDIT))
    own = cities.filter(services=service.pk).first() if service else None
    return own or cities.first()
