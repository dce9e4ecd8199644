"""Django's PostgreSQL, which does not wait again for a server that was away a moment ago.

Where a server cannot be reached, each connection would wait for its timeout. Here the first one
does; for some seconds all others of the process fail at once, then one of them tries anew.
"""

import threading
import time

import psycopg
from django.db.backends.postgresql import base

#: For so long nobody else tries.
PAUSE_SECONDS = 10


class Circuit:
    """Whether a server is worth a try."""

    def __init__(self):
        self._lock = threading.Lock()
        self.forget()

    def forget(self):
        """As in a fresh process (tests)."""
        self._closed_until = None

    @property
    def is_open(self):
        """Whether the last try failed, so that the server is away as far as is known."""
        return self._closed_until is not None

    def may_try(self):
        """Whether to connect now; of those that ask after a pause only the first may."""
        with self._lock:
            now = time.monotonic()
            if self._closed_until is None:
                return True
            if now < self._closed_until:
                return False
            self._closed_until = now + PAUSE_SECONDS
            return True

    def failed(self):
        with self._lock:
            self._closed_until = time.monotonic() + PAUSE_SECONDS

    def succeeded(self):
        with self._lock:
            self._closed_until = None


_circuits = {}


def circuit_of(alias):
    """The one `Circuit` of a database in this process."""
    return _circuits.setdefault(alias, Circuit())


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is refused at once while its server is known to be away."""

    def get_new_connection(self, conn_params):
        circuit = circuit_of(self.alias)
        if not circuit.may_try():
            raise psycopg.OperationalError("This server could not be reached a moment ago.")
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            circuit.failed()
            raise
        circuit.succeeded()
        return connection
