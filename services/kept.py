"""What one process has worked out and keeps: the newest, by a key that ends with what it is of."""

import collections
import contextlib
import threading


class Kept:
    """Values by key, together at most so heavy; what was unused for longest goes first.

    Without `weigh` each weighs one. What is heavier than all may be is not kept. Of several
    threads that ask for the same at once, one makes it and the others wait for it.
    """

    def __init__(self, most, weigh=lambda _value: 1):
        self.most, self._weigh = most, weigh
        self._found, self._weight = collections.OrderedDict(), 0
        #: How often `get` found what was kept, and how often not; about, where threads meet.
        self.hits = self.misses = 0
        self._making, self._lock = {}, threading.Lock()

    def get(self, key, make):
        """The value of a key, made by `make()` where it is not kept."""
        found = self.peek(key)
        self.hits, self.misses = self.hits + (found is not None), self.misses + (found is None)
        if found is None:
            with self._alone(key):
                found = self.peek(key)
                if found is None:
                    found = make()
                    self.put(key, found)
        return found

    def peek(self, key):
        """The value of a key where it is kept, else None."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def put(self, key, value):
        """Keep a value."""
        weight = self._weigh(value)
        if weight > self.most:
            return
        with self._lock:
            if key in self._found:
                self._weight -= self._weigh(self._found.pop(key))
            self._found[key] = value
            self._weight += weight
            while self._weight > self.most:
                self._weight -= self._weigh(self._found.popitem(last=False)[1])

    def drop(self, key):
        """Keep the value of this key no longer."""
        with self._lock:
            if key in self._found:
                self._weight -= self._weigh(self._found.pop(key))

    def forget(self):
        """Keep nothing any longer."""
        with self._lock:
            self._found.clear()
            self._weight = 0

    @contextlib.contextmanager
    def _alone(self, key):
        """Within the block no other thread makes the value of this key."""
        with self._lock:
            lock, waiting = self._making.get(key, (threading.Lock(), 0))
            self._making[key] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, waiting = self._making[key]
                self._making[key] = (lock, waiting - 1)
                if waiting == 1:
                    del self._making[key]
