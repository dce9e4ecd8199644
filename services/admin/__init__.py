"""The administration: who sees and changes which rows stands in `services.roles` and `services.scopes`.

Nothing here asks Django's own permissions, and nothing starts from anything but a scope.
"""

from services.admin import listings, network, partners, places

__all__ = ["listings", "network", "partners", "places"]
