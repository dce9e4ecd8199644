"""What one process has worked out and keeps: the newest few, by a key that ends with what it is of."""

import collections
import threading


class Kept:
    """At most so many values by key; the one unused for longest goes first."""

    def __init__(self, most):
        self.most, self._found = most, collections.OrderedDict()
        self._lock = threading.Lock()

    def get(self, key, make):
        """The value of a key, made by `make()` where it is not kept."""
        found = self.peek(key)
        if found is None:
            found = make()
            with self._lock:
                self._found[key] = found
                while len(self._found) > self.most:
                    self._found.popitem(last=False)
        return found

    def peek(self, key):
        """The value of a key where it is kept, else None."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)
