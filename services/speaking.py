"""Which language a page speaks where nobody said: that of the city, once the city is read.

The city is read by every page of a city anyway, so this costs no query and knows no old answer.
"""

from contextvars import ContextVar

from django.conf import settings
from django.utils import translation

#: Whether the page that this thread makes has no language yet but the site's own.
_open = ContextVar("language_is_open", default=False)


def leave_open(is_open):
    """Begin a page: whether its city may say the language."""
    _open.set(is_open)


def settle(city):
    """Speak the first language of this city that the site has, unless somebody chose one."""
    if not _open.get():
        return
    _open.set(False)
    language = language_of(city)
    if language:
        translation.activate(language)


def language_of(city):
    """The first language of a city that the site speaks, or None."""
    return next(iter(languages_of(city)), None)


def languages_of(city):
    """The languages of a city that the site speaks, in the city's order."""
    return of_the_site(city.languages if isinstance(city.languages, list) else [])


def of_the_site(tags):
    """Those of these BCP 47 tags that the site speaks, in their order, once each: `fr-BE` counts as `fr`."""
    spoken = dict(settings.LANGUAGES)
    found = (str(tag).split("-")[0].lower() for tag in tags)
    return list(dict.fromkeys(code for code in found if code in spoken))
