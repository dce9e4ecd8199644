"""Steps that surely do not fall back, told from masks; for all others the plan itself is asked.

The order of doors is that of `referrals.pathway.ranking`; what is used here of it: a door made for
others comes after one that is not, then the alarm comes last, then the one that opens sooner comes
first. A test holds what is said here to the steps of true plans.
"""

from typing import NamedTuple

from referrals.coverage.matrix import ALARM_NEEDS
from referrals.pathway.ranking import ANSWERED_AT_ONCE, POLICE_NEEDS, PRESSING


class Doors(NamedTuple):
    """What a person finds at the doors for a need (masks), and whether they have no papers."""

    refuses: int
    doubts: int
    gender: int
    without_papers: bool


class Judge:
    """Verdicts on the steps of one need at one moment."""

    def __init__(self, masks, need, moment):
        self.masks, self.need, self.moment = masks, need, moment
        self.candidates = masks.needs.get(need, 0)
        self.open = masks.in_state(moment, "open")
        self.unknown = masks.in_state(moment, "unknown")
        self._in_time = {}

    def possible(self, doors, circumstance):
        """The doors that a plan may name, as `ranking.ranked` chooses them."""
        possible = self.candidates & ~doors.refuses
        fitting = possible & ~doors.gender & ~self._alarm_not_meant(circumstance)
        if doors.without_papers and self.need not in POLICE_NEEDS:
            fitting &= ~self.masks.police
        return fitting if fitting & self.masks.contact else possible

    def _alarm_not_meant(self, circumstance):
        if self.need == "emergency" or circumstance.alarm:
            return 0
        wanted = self.masks.police if self.need == "police-report" else 0
        return self.masks.alarm & ~wanted

    def is_fine(self, doors, circumstance):
        """Whether the step surely does not fall back; where this says no, it may or may not."""
        possible = self.possible(doors, circumstance)
        contact = possible & self.masks.contact
        others = doors.doubts | self.masks.specialised_elsewhere(circumstance.live)
        others |= self.masks.for_survivors if circumstance.uses_violence else 0
        front = contact & ~others
        if not front and possible & doors.doubts and possible & ~doors.doubts:
            return False
        front = front or contact
        if circumstance.urgency != "now":
            front = front & ~self.masks.alarm or front
        return bool(front) and self._opens(front, circumstance)

    def _opens(self, front, circumstance):
        """Whether the first of these doors is one that will do: `ranking` puts it first."""
        pressing = circumstance.urgency in PRESSING
        if front & self.open or (not pressing and self.need != ANSWERED_AT_ONCE):
            return True
        soon = front & self.in_time(circumstance)
        if pressing:
            return bool(soon or front & self.unknown)
        return bool(not soon and front & self.unknown)

    def hours(self, circumstance, among):
        """All that a plan can see of the hour at these doors, to tell equal hours by."""
        states = (self.in_time(circumstance), self.unknown)
        if circumstance.urgency in PRESSING or self.need == ANSWERED_AT_ONCE:
            states += (self.open, self.moment)
        return tuple(mask & among for mask in states[:3]) + states[3:]

    def in_time(self, circumstance):
        key = (circumstance.urgency, circumstance.hours_left)
        if key not in self._in_time:
            self._in_time[key] = self.masks.in_time(self.moment, *key)
        return self._in_time[key]

    def only_far_lines(self, doors, circumstance):
        """Whether nothing of the city or the country may take the person: European lines alone."""
        if self.need in ALARM_NEEDS:
            return False
        contact = self.possible(doors, circumstance) & self.masks.contact
        return bool(contact) and not contact & self.masks.near & ~self.masks.alarm
