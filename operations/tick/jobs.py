"""The table of the work that is done by the clock. Each job is a command of the same name."""

import datetime
from dataclasses import dataclass

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
#: Before anybody is at work in Europe; in the site's own time zone.
NIGHT = datetime.time(2, 30)
MORNING = datetime.time(6, 0)


@dataclass(frozen=True)
class Job:
    """A command and when to run it. Every one of them may be killed, and may run twice at once.

    `at` is the time of day of what is done once a day. Jobs of one `lane` run one after another,
    lanes side by side: a slow mail server holds up no webhook. A job that `believes_clock` deletes,
    closes or asks because of a date, and does not run while the clock is in doubt.
    """

    name: str
    every: datetime.timedelta
    at: datetime.time | None = None
    lane: str = "house"
    believes_clock: bool = False

    @property
    def lease(self):
        """How long a run may take until another process believes that it was killed."""
        return 2 * HOUR if self.at else HOUR / 6


def minutes(number):
    return datetime.timedelta(minutes=number)


JOBS = (
    Job("send_webhooks", minutes(1), lane="webhooks"),
    # Mails that wait must go out even when the clock is in doubt.
    Job("send_referrals", minutes(5), lane="referrals"),
    Job("purge_signals", HOUR, believes_clock=True),
    Job("purge_sheets", HOUR, believes_clock=True),
    Job("purge_referrals", DAY, at=NIGHT, believes_clock=True),
    Job("purge_reports", DAY, at=NIGHT, believes_clock=True),
    Job("purge_requests", DAY, at=NIGHT, believes_clock=True),
    # It clears the sessions that have ended, too.
    Job("purge_events", DAY, at=NIGHT, believes_clock=True),
    Job("purge_versions", DAY, at=NIGHT, believes_clock=True),
    Job("check_readiness", DAY, at=NIGHT, believes_clock=True),
    Job("send_checks", DAY, at=MORNING, lane="checks", believes_clock=True),
)
