from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # Importing them connects signals: what events are written for, and who was seen when. The
        # middleware would else be imported by the first request, after somebody may have signed in.
        from accounts import events, middleware, sessions  # noqa: F401
        from services import office
        from services.roles import Power

        office.add_link(_("People"), "office-people", Power.PEOPLE, position=80)
        office.add_network_link(_("People of the network"), "network-people", position=80)
