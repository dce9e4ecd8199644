"""Sessions in the database, under a hash of the key that the browser holds.

Whoever reads the table, or a copy of it, cannot sign in with what stands there. The key is made by
chance and long, so a plain hash is enough. Only what a WSGI server calls is written here.
"""

import hashlib

from django.contrib.sessions.backends import db
from django.utils import timezone


def stored(key):
    """What a session stands under, for the key in the browser's cookie: 40 hexadecimal digits."""
    return hashlib.blake2b(key.encode(), digest_size=20).hexdigest()


class SessionStore(db.SessionStore):
    """Django's store, but for what it looks up and saves by; in memory a session has the browser's key."""

    def load(self):
        known = self.model.objects.filter(
            session_key=stored(self.session_key), expire_date__gt=timezone.now()
        ).first()
        if known is None:
            self._session_key = None
            return {}
        return self.decode(known.session_data)

    def exists(self, session_key):
        return super().exists(stored(session_key))

    def create_model_instance(self, data):
        made = super().create_model_instance(data)
        made.session_key = stored(made.session_key)
        return made

    def delete(self, session_key=None):
        key = session_key or self.session_key
        if key is not None:
            super().delete(stored(key))
