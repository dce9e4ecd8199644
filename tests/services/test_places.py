"""Cities: what their address in the site may be."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import get_resolver

from services.models.places import RESERVED_SLUGS, validate_city_slug


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_a_city_takes_no_address_of_the_site(slug):
    with pytest.raises(ValidationError, match="is an address of the site"):
        validate_city_slug(slug)


def test_other_words_are_free():
    validate_city_slug("harbourtown")


def first_parts(patterns):
    """The first word of every address, except those that begin with a city."""
    for pattern in patterns:
        route = str(pattern.pattern)
        if not route:
            yield from first_parts(getattr(pattern, "url_patterns", []))
        # No slug holds a dot, so no city can be called like a file.
        elif not route.startswith("<") and "." not in route:
            yield route.split("/", maxsplit=1)[0]


def test_every_fixed_address_of_the_site_is_reserved():
    assert set(first_parts(get_resolver().url_patterns)) <= RESERVED_SLUGS
