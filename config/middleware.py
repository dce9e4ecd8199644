"""Small middleware, one job each."""

from django.utils import translation
from django.conf import settings

LANGUAGE_COOKIE = "language"


class PrivacyHeaders:
    """Nothing of this site is kept by a browser or a proxy, except its static files.

    A page left in a cache can be found by somebody who later opens the device.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex" if request.path.count("/guide/") else "all"
        response.headers["Permissions-Policy"] = "geolocation=(), camera=(), microphone=()"
        return response


class LocaleFromChoice:
    """The language: `?lang=`, else the browser's, else the default. Sets no cookie by itself."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = self._chosen(request) or translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    def _chosen(self, request):
        for wanted in (request.GET.get("lang"), request.COOKIES.get(LANGUAGE_COOKIE)):
            if wanted in dict(settings.LANGUAGES):
                return wanted
        return None
