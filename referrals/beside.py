"""What the device keeps beside the answers of the guide, in the same sealed cookie."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from referrals import tried as tries
from referrals.handoff import codes


@dataclass(frozen=True)
class Beside:
    """What was met at doors, what was counted, and the code under which somebody was referred."""

    #: What this device said of doors: service id -> `referrals.tried.Tried`.
    tried: Mapping = field(default_factory=dict)
    #: Needs that this visit has counted as dead ends.
    counted: tuple = ()
    #: The code of this visit's referrals: the same person keeps it with every service.
    code: str = ""

    def packed(self):
        """As the cookie holds it: only what there is."""
        found = {
            "tried": tries.packed(self.tried),
            "counted": list(self.counted),
            "code": self.code,
        }
        return {name: value for name, value in found.items() if value}

    def without_oldest(self):
        """The same without what was tried first."""
        oldest = next(iter(self.tried))
        return dataclasses.replace(self, tried=tries.without(self.tried, oldest))


NOTHING = Beside()


def unpacked(payload):
    """The `Beside` of what a cookie holds; what has another shape is left out."""
    counted = payload.get("counted")
    is_ours = isinstance(counted, list) and all(isinstance(need, str) for need in counted)
    return Beside(
        tries.unpacked(payload.get("tried")),
        tuple(counted) if is_ours else (),
        codes.read(payload.get("code", "")) or "",
    )
