"""What statistics add to the office: a link."""

from django.utils.translation import gettext_lazy as _

from services import office
from services.roles import Power

ROUTE = "office-statistics"


def register():
    """Called once, when the app is ready."""
    office.add_link(_("Statistics"), ROUTE, Power.READ, position=45)
