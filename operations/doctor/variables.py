"""Every variable of the environment that settings refuse, not only the first."""

import importlib.util
import os
import re
import runpy
import secrets

from django.core.exceptions import ImproperlyConfigured

SETTINGS = "config.settings"
#: Refusals begin with the name of the variable.
_NAME = re.compile(r"[A-Z][A-Z0-9_]+")
#: No message is repeated, so there are never more rounds than variables; this ends it all the same.
_ROUNDS = 200


def stand_ins():
    """What production cannot do without, for as long as the doctor looks at the rest."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "localhost",
        "SEALING_KEYS": secrets.token_urlsafe(32),
    }


def set_wrong_aside(wrong, *, environ=os.environ, settings=SETTINGS):
    """Fill `wrong`: variable -> what settings say against it; afterwards `environ` holds none of them.

    Settings are read again and again, each time without the variable that was refused.
    """
    for _round in range(_ROUNDS):
        name, said = _refusal(settings)
        name = name.removesuffix("_FILE")
        if not said or name in wrong:
            break
        wrong[name] = said
        _set_aside(environ, name)


def _refusal(settings):
    """(variable, what is said against it) of the first that settings refuse; empty if none."""
    try:
        runpy.run_path(importlib.util.find_spec(settings).origin)
    except ImproperlyConfigured as error:
        said = " ".join(str(error).split())
        name = _NAME.match(said)
        return (name[0] if name else ""), said
    return "", ""


def _set_aside(environ, name):
    environ.pop(name, None)
    environ.pop(f"{name}_FILE", None)
    if name in stand_ins():
        environ[name] = stand_ins()[name]
