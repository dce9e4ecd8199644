"""What describes the API: the OpenAPI document, the page made from it, and the HSDS profile."""

from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from services.api.answers import answer
from services.api.openapi import document


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
    return render(request, "api/docs.html")


@require_safe
def profile(request):
    """What our HSDS says beyond the standard: taxonomies, kinds of link, and `waymark`."""
    return render(request, "api/profile.html")
