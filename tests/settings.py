"""The settings the tests run with: those of the site, in its test environment."""

import os

os.environ["WAYMARK_ENV"] = "test"

from config.settings import *  # noqa: F403

# The names below are what tests rely on; everything else is what runs in production.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
