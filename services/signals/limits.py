"""How many signals an hour are taken from one address, or from one signed-in person."""

from django.conf import settings

from services import limits


def has_room(request):
    """Whether one more is taken from whoever asks; counts it."""
    return not limits.too_often(request, "signals", settings.SIGNALS_PER_HOUR, by_person=True)
