"""Secrets that stand in files, as containers and systemd hand them over, in place of variables."""

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

#: Each may be given as `NAME_FILE`, the path of a file that holds it.
SECRETS = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "DATABASE_URL",
    "DATABASE_REPLICA_URL",
    "EMAIL_URL",
)


class OrFile(FileAwareMapping):
    """The environment, where `NAME_FILE` may name a file that holds a secret of that name."""

    def __getitem__(self, name):
        if name not in SECRETS:
            return self.env[name]
        try:
            return super().__getitem__(name).rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(
                f"{name}_FILE names a file that cannot be read: mend its path or who may read it."
            ) from error


class Env(environ.Env):
    """Reads variables, or the files that stand for them."""

    ENVIRON = OrFile(cache=False)
