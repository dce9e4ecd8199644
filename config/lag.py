"""Whether the replica follows the primary, as far as this process has seen.

What is withdrawn or sealed must go from every page at once: a replica that stays behind is not read
from. Looked at after answers were sent, so that no reader waits for it.
"""

import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.signals import request_finished
from django.db import Error, connections
from django.dispatch import receiver

#: A page may show what was true so long ago.
MOST_BEHIND_SECONDS = 15
LOOK_EVERY_SECONDS = 5
NOW_AT = "SELECT pg_current_wal_lsn()"
#: Nothing of a server that follows none: one that was promoted goes its own way.
HAS_PASSED = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"


@dataclass(frozen=True)
class Mark:
    """Where the primary was in its log, and when."""

    position: str
    at: float


class Follower:
    """The last moment of the primary that the replica is known to have."""

    def __init__(self):
        self._lock = threading.Lock()
        self.forget()

    def forget(self):
        """As in a fresh process, which knows nothing (tests)."""
        self._proven_at = self._looked_at = -float("inf")
        self._mark = None

    def follows(self):
        """Whether what the replica has is new enough; no query."""
        return time.monotonic() - self._proven_at <= MOST_BEHIND_SECONDS

    def look(self):
        """Ask both, unless they were asked a moment ago. A primary that is away proves nothing."""
        if not self._is_time():
            return
        try:
            self._prove(self._mark)
            at = time.monotonic()
            self._mark = Mark(_ask("default", NOW_AT), at)
            self._prove(self._mark)
        except Error:
            return

    def _is_time(self):
        with self._lock:
            now = time.monotonic()
            if now - self._looked_at < LOOK_EVERY_SECONDS:
                return False
            self._looked_at = now
            return True

    def _prove(self, mark):
        if mark is not None and _ask("replica", HAS_PASSED, [mark.position]):
            self._proven_at = mark.at


follower = Follower()


def _ask(alias, sql, values=None):
    """The one value that a query gives; leaves no connection behind that was not there."""
    connection = connections[alias]
    was_open = connection.connection is not None
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchone()[0]
    finally:
        if not was_open:
            connection.close()


@receiver(request_finished)
def _after_request(**_details):
    if "replica" in settings.DATABASES:
        follower.look()
