"""What every view of the API shares: open to all, one reader, one language, strict parameters."""

from django.conf import settings
from django.utils import translation
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from services.api.keys import reader_of
from services.api.parameters import Parameters
from services.api.parsers import StrictJSONParser
from services.hsds.vocabulary import vocabulary


class ApiView(APIView):
    """A view that reads `parameters` and answers in `reply(values, …)`, in the language asked for."""

    permission_classes = [AllowAny]
    parser_classes = [StrictJSONParser, FormParser]
    parameters = Parameters
    metadata_class = None

    def get(self, request, **of_address):
        return self._reply(request, of_address)

    def _reply(self, request, of_address):
        values = self.parameters.read(request)
        language = values.pop("lang", None) or self._language(request)
        with translation.override(language):
            response = self.reply(values, *of_address.values())
        response.headers["Content-Language"] = language
        return response

    def _language(self, request):
        wanted = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
        return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE

    def reply(self, values, *of_address):
        raise NotImplementedError

    @property
    def reader(self):
        return reader_of(self.request)

    @property
    def words(self):
        """Everything listings are filed under, in the language of the answer; one query."""
        return vocabulary(translation.get_language())


class SearchView(ApiView):
    """The same by POST, with the parameters in the body: no need stands in an address or a log."""

    def post(self, request, **of_address):
        return self._reply(request, of_address)
