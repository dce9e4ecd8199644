"""What describes the API: the OpenAPI document, the page made from it, and the HSDS profile."""

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from services.api import profile_page
from services.api.answers import answer
from services.api.docs_page import parts
from services.api.openapi import document
from services.hsds.vocabulary import vocabulary


class OpenAPIView(APIView):
    """The OpenAPI 3.1 document of everything under /api/."""

    permission_classes = [AllowAny]
    metadata_class = None
    #: It does not describe itself.
    schema = None

    def get(self, request):
        return answer(request, document())


@require_safe
def docs(request):
    """Every endpoint with its parameters and an example, without a script."""
    context = {
        "parts": parts(document(), request.build_absolute_uri("/")),
        "a_minute": settings.API_REQUESTS_PER_MINUTE,
        "a_minute_with_key": settings.API_KEY_REQUESTS_PER_MINUTE,
    }
    return render(request, "api/docs.html", context)


@require_safe
def profile(request):
    """What our HSDS says beyond the standard: taxonomies, kinds of link, and `waymark`."""
    context = {
        "keys": profile_page.extension_keys(),
        "links": profile_page.LINKS,
        "taxonomies": profile_page.taxonomies(vocabulary("en")),
        "fresh_days": profile_page.fresh_days(),
    }
    return render(request, "api/profile.html", context)
