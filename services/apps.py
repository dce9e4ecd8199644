from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

#: Modules that do their work by being imported.
CONNECTED = (
    "services.changes",
    "services.checks",
    "services.confirming.office",
    "services.history",
    "services.joining.network",
    "services.keeping.shown",
    "services.keeping.tasks",
    "services.reporting.tasks",
    "services.sealed_notes",
    "services.search",
    "services.sheets.views",
    "services.signals.office",
    "services.translating.views",
    "services.translating.weighing",
    "services.versions",
)


class ServicesConfig(AppConfig):
    name = "services"
    verbose_name = _("Directory")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # Importing them registers the deploy check, and connects the signals that raise a city's
        # version, keep the search text current and record changes; parts of the office add their
        # tasks and their entries of its menu.
        for module in CONNECTED:
            import_module(module)
