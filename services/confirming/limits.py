"""How often an address may open links: guessing 256 bits is hopeless, asking all day is a burden."""

from django.conf import settings
from django.shortcuts import render

from services.api.throttling import PerAddress


class Opening(PerAddress):
    """Counted as requests of the API are: in memory, for a minute, under a scrambled name."""

    def limit(self):
        return settings.CHECK_REQUESTS_PER_MINUTE

    def name_of(self, request):
        return f"check:{self.name_of_address(request)}"


def refusal(request):
    """The page that says to wait, where an address opened links too often; else None."""
    opening = Opening()
    if opening.allow_request(request, None):
        return None
    response = render(request, "confirming/too_often.html", status=429)
    response.headers["Retry-After"] = str(int(opening.wait()) + 1)
    return response
