#!/usr/bin/env python
"""Django's command line for Waymark."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["doctor"]:
        # It has to answer just when settings do not load.
        from operations.doctor import entry

        sys.exit(entry.main(sys.argv[2:]))
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        settings.INSTALLED_APPS  # noqa: B018, reading one setting reads them all
    except ImproperlyConfigured as error:
        sys.exit(f"Waymark cannot start. {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
