"""The WSGI entry point: checked once, then served."""

import io
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections

from config.environment import limit_statements

#: Gunicorn stops for good at this code instead of trying again.
APPLICATION_DOES_NOT_LOAD = 4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    limit_statements(settings.DATABASES, settings.STATEMENT_SECONDS)
    application = get_wsgi_application()
    # `scripts.demo` has checked in this very process.
    if not getattr(settings, "IS_CHECKED", False):
        call_command("check", deploy=settings.PRODUCTION, stdout=io.StringIO())
    # Workers may be made from this process: none may go on with a connection of its.
    connections.close_all()
except (ImproperlyConfigured, CommandError) as error:
    print(f"Waymark cannot start. {error}", file=sys.stderr)  # noqa: T201, there is no log yet
    sys.exit(APPLICATION_DOES_NOT_LOAD)
