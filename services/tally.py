"""Counting in memory first, and in the database once a minute at most, after an answer was sent.

Nobody who reads a page waits for a count. A process that ends loses what it has counted since it
last wrote: only what bears that is counted here.
"""

import threading
import time
from collections import Counter

from django.db import Error, transaction


class Tally:
    """What this process has counted since it last wrote; `write(counts)` puts a `Counter` away."""

    def __init__(self, write):
        self._write = write
        self._lock = threading.Lock()
        self.forget()

    def forget(self):
        """Drop what has been counted and not yet written."""
        self._counts, self._written = Counter(), time.monotonic()

    def add(self, keys):
        """Count each of these once, or as often as a `Counter` says; no query."""
        with self._lock:
            self._counts.update(keys)

    def flush(self, *, every=0):
        """Write what has been counted, unless it was written less than `every` seconds ago.

        No query where nothing is to be written. What cannot be written waits for the next time.
        """
        counts = self._take(every)
        if not counts:
            return
        try:
            with transaction.atomic():
                self._write(counts)
        except Error:
            self.add(counts)

    def _take(self, every):
        with self._lock:
            now = time.monotonic()
            if not self._counts or now - self._written < every:
                return Counter()
            taken, self._counts, self._written = self._counts, Counter(), now
            return taken
