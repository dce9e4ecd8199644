"""Which site the administration is; a module of its own, because apps are loaded before models."""

from django.contrib.admin.apps import AdminConfig


class OfficeAdminConfig(AdminConfig):
    """Makes `services.office_site.OfficeSite` the administration."""

    default_site = "services.office_site.OfficeSite"
