"""Small middleware, one job each."""

import functools

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from services import speaking

#: The pages that a search engine may list, and only without a query.
LISTED = frozenset({"home", "city", "services", "service", "privacy"})


class CompressedPages(GZipMiddleware):
    """Pages go out compressed, except where a stranger could work out what they hold from their size.

    Who makes somebody open an address with guesses in it, which the page repeats, and watches the
    line, learns from the compressed size whether a guess stood in the page already
    (https://breachattack.com/). A page whose address asks for nothing repeats nothing that others
    chose; and what is shown to people who signed in may hold words that others wrote, so it goes as
    it is. Of the rest, Django adds bytes made by chance.
    """

    def process_response(self, request, response):
        return (
            super().process_response(request, response)
            if _may_shrink(request, response)
            else response
        )


def _may_shrink(request, response):
    kind = response.headers.get("Content-Type", "")
    is_page = response.status_code == 200 and kind.startswith("text/html")
    signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
    return is_page and request.method == "GET" and not (signed_in or request.META["QUERY_STRING"])


class ContentPolicy(CSPMiddleware):
    """As django-csp does it; the policy of nearly every answer is put together once.

    That took a tenth of the time of a short answer. An answer with a policy of its own, and whatever
    a developer sees while debugging, is left to the library.
    """

    def process_response(self, request, response):
        if not settings.DEBUG and self.get_policy_parts(request, response) == PolicyParts():
            response.headers.setdefault(HEADER, _usual_policy())
            return response
        return super().process_response(request, response)


@functools.cache
def _usual_policy():
    return build_policy()


class PrivacyHeaders:
    """Nothing of this site is kept by a browser or a proxy, except its static files.

    A page left in a cache can be found by somebody who later opens the device.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith(settings.STATIC_URL) and response.status_code < 400:
            return response
        response.headers["Cache-Control"] = "no-store"
        response.headers["Permissions-Policy"] = "geolocation=(), camera=(), microphone=()"
        response.headers["X-Robots-Tag"] = "all" if _may_be_listed(request, response) else "noindex"
        return response


def _may_be_listed(request, response):
    match = getattr(request, "resolver_match", None)
    named = match is not None and match.url_name in LISTED
    return named and response.status_code == 200 and not request.META.get("QUERY_STRING")


class LocaleFromChoice:
    """The language: `?lang=`, else the cookie of the choice, else the browser's, else the city's.

    Outside of a city, and where a city speaks none that the site has, it is the default.
    Sets no cookie by itself.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        wanted = _asked_for(request) or _chosen(request) or _of_browser(request)
        speaking.leave_open(wanted is None)
        with translation.override(wanted or settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            # The city may have said it meanwhile.
            response.headers.setdefault("Content-Language", translation.get_language())
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def _asked_for(request):
    return _known(request.GET.get("lang"))


def _chosen(request):
    return _known(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME))


def _known(code):
    return code if code in dict(settings.LANGUAGES) else None


def _of_browser(request):
    """The first language of the browser that the site has; `sv-FI` is one of them."""
    for tag, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        found = _known(tag.split("-")[0])
        if found or tag == "*":
            return found
    return None


class FormsOfThisSite(CsrfViewMiddleware):
    """Django's protection of forms, on a site that sends no referrer.

    Under `Referrer-Policy: no-referrer` a browser posts even the site's own forms with
    `Origin: null` (https://fetch.spec.whatwg.org/#append-a-request-origin-header). Such a
    form is let through to the check of its token unless the browser says that it came
    from another site.
    """

    def _origin_verified(self, request):
        if request.META["HTTP_ORIGIN"] == "null":
            return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        return super()._origin_verified(request)
