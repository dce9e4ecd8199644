"""What every view of the API shares: open to all, one reader, one language, strict parameters."""

from django.conf import settings
from django.utils import translation
from django.utils.cache import get_conditional_response
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

from services.api import states
from services.api.answers import JSON
from services.api.keys import reader_of
from services.api.parameters import Parameters
from services.api.parsers import StrictJSONParser
from services.hsds.vocabulary import vocabulary


class _Written(JSONRenderer):
    """Stands for a format in which views write their answers themselves."""

    def __init__(self, media_type):
        self.media_type = media_type


class ApiView(APIView):
    """A view that reads `parameters` and answers in `reply(values, …)`, in the language asked for.

    The first line of its docstring is the summary of its operations in the OpenAPI document.
    """

    permission_classes = [AllowAny]
    parser_classes = [StrictJSONParser, FormParser]
    parameters = Parameters
    metadata_class = None

    #: For the OpenAPI document (`services.api.openapi`): the `Shape` of the answer, its media types,
    #: what else to know, how it refuses besides the ways common to all; examples of answers (made by a
    #: function) and of parameters, by what they show. Where methods differ, `by_method` has the same
    #: names for one of them, and `summary`, `verb`, `status`, `body` and `path_parameters` besides.
    returns = None
    #: How long an answer holds while nothing is changed, by the clock alone.
    lasts = states.HOUR
    media = (JSON,)
    about = ""
    refuses = ()
    answer_examples = staticmethod(dict)
    request_examples = {}

    def get(self, request, **of_address):
        return self._reply(request, of_address)

    def get_renderers(self):
        """What `Accept` may name; a refusal is JSON in any case."""
        return [_Written(media) for media in (*self.media, JSON)]

    def _reply(self, request, of_address):
        values = self.parameters.read(request)
        language = values.pop("lang", None) or self._language(request)
        with translation.override(language):
            response = self._known_already(request, values, language)
            response = response or self.reply(values, *of_address.values())
        response.headers["Content-Language"] = language
        return response

    def _known_already(self, request, values, language):
        """304 where the reader has the answer of this state; None where it is to be made."""
        if request.method not in ("GET", "HEAD"):
            return None
        state = request.made_of = self.state(values)
        if state is None:
            return None
        request.known_as = states.etag(request, self.reader, language, state, self.lasts)
        response = get_conditional_response(request, etag=request.known_as)
        if response is not None:
            response.headers["ETag"] = request.known_as
        return response

    def state(self, values):
        """What the answer is made of, from `services.api.states`; None where that is not told by one row.

        May put what it has read into the values.
        """
        return None

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
