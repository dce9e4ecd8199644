"""What this device said of the doors it tried: kept with the answers, in the same sealed cookie.

It moves those doors down in the plan on this device, whatever it weighs for others.
"""

from dataclasses import dataclass

from services.models import Reason, Signal
from services.signals.weighing import Kind, Told

#: Of no `Signal`: it goes to the city as a report.
UNSAFE = "unsafe"
KINDS = (*Signal.Kind.values, UNSAFE)
#: So many doors are remembered, the oldest forgotten first: the cookie is small.
MOST = 20


@dataclass(frozen=True)
class Tried:
    """What was said of one door, at the step of which need, and whether it was passed on."""

    kind: str
    reason: str = ""
    need: str = ""
    is_passed_on: bool = True

    def packed(self):
        """As the cookie holds it."""
        return [self.kind, self.reason, self.need, int(self.is_passed_on)]


def noted(tried, service, new):
    """The same with one more, which is then the newest; the oldest is dropped where there are too many."""
    kept = {known: one for known, one in tried.items() if known != service}
    return dict([*kept.items(), (service, new)][-MOST:])


def without(tried, service):
    """The same without one."""
    return {known: one for known, one in tried.items() if known != service}


def packed(tried):
    """{service id: what the cookie holds of it}."""
    return {service: one.packed() for service, one in tried.items()}


def unpacked(found):
    """{service id: Tried} of what a cookie holds; what has another shape is left out."""
    if not isinstance(found, dict):
        return {}
    rows = [(service, _tried(row)) for service, row in found.items()]
    return dict([(service, one) for service, one in rows if one][-MOST:])


def _tried(row):
    if not isinstance(row, list) or len(row) != 4:
        return None
    kind, reason, need, is_passed_on = row
    if kind not in KINDS or reason not in ("", *Reason.values) or not isinstance(need, str):
        return None
    return Tried(kind, reason, need, bool(is_passed_on))


def as_told(tried):
    """{service id: Told} for the plan on this device."""
    return {
        service: Told(
            one.kind, one.reason, at=None, by="", counts=one.kind != Kind.CONNECTED, own=True
        )
        for service, one in tried.items()
    }
