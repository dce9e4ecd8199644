"""How often an address may open links: guessing 256 bits is hopeless, asking all day is a burden."""

from django.conf import settings

from services.api.throttling import PerAddress


class Opening(PerAddress):
    """Counted as requests of the API are: in memory, for a minute, under a scrambled name."""

    def limit(self):
        return settings.CHECK_REQUESTS_PER_MINUTE

    def name_of(self, request):
        return f"check:{self.name_of_address(request)}"


def refused(request):
    """Seconds to wait where an address asked too often, else None."""
    opening = Opening()
    return None if opening.allow_request(request, None) else int(opening.wait()) + 1
