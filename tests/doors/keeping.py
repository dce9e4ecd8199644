"""The doors of those who keep a city's listings."""

from tests.doors import Door, everybody, for_editors


def _listing(world):
    return [world.city.slug, world.service.pk]


def _asks_for_more(status=400):
    """What an editor gets who sends a form without anything in it."""
    return for_editors(status)


_FORM = Door(get=everybody(405), post=for_editors())

DOORS = {
    "office-listings": Door(get=for_editors()),
    "office-confirm": Door(_listing, get=for_editors(), post=_asks_for_more()),
    "office-publish": Door(_listing, get=for_editors(), post=for_editors(302)),
    "office-withdraw": Door(_listing, get=for_editors(), post=for_editors(302)),
    "office-preview": Door(_listing, get=for_editors()),
    "office-place": Door(_listing, get=for_editors(), post=_asks_for_more()),
    "office-form-hours": _FORM,
    "office-form-alike": _FORM,
    "office-form-address": Door(get=everybody(405), post=_asks_for_more()),
}
