from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    name = "services"
    verbose_name = _("Directory")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # Importing them registers the deploy check, and connects the signals that raise a city's
        # version, keep the search text current, record changes and keep a listing's versions.
        from services import changes, checks, history, search, versions  # noqa: F401
