"""The doors of accounts, and of the people of an office."""

from accounts import inviting
from services.models import Membership
from tests.doors import Door, everybody, for_keepers, for_the_network
from tests.people import make_person


def nothing(world):
    return []


def whoever(status, *, stranger=302, waiting=None):
    """A page of one's own account: the role does not matter, only a missing second factor may."""
    return everybody(status) | {
        "stranger": stranger,
        "waiting": status if waiting is None else waiting,
    }


def colleague(city):
    return Membership.objects.get(user=make_person("worker" if city else "network", city)).pk


def invited(city):
    role = "worker" if city else "network"
    return inviting.invite("somebody@example.org", role, city)[0].pk


DOORS = {
    "account_login": Door(nothing, get=whoever(302, stranger=200), post=whoever(302, stranger=200)),
    "account_logout": Door(nothing, get=whoever(200), post=everybody(302)),
    "account_reauthenticate": Door(nothing, get=whoever(200), post=whoever(200)),
    "account_change_password": Door(nothing, get=whoever(200), post=whoever(200)),
    # One proves who one is before a session is ended.
    "sessions": Door(nothing, get=whoever(200), post=whoever(302)),
    "account-close": Door(nothing, get=whoever(200), post=whoever(302)),
    "late-form": Door(nothing, get=everybody(302)),
    "mfa_index": Door(nothing, get=whoever(200), post=whoever(405)),
    "mfa_authenticate": Door(nothing, get=everybody(302), post=everybody(302)),
    "mfa_reauthenticate": Door(
        nothing, get=whoever(200, waiting=302), post=whoever(200, waiting=302)
    ),
    "mfa_activate_totp": Door(nothing, get=everybody(302), post=everybody(302)),
    "mfa_deactivate_totp": Door(
        nothing, get=whoever(302, waiting=404), post=whoever(302, waiting=404)
    ),
    "mfa_view_recovery_codes": Door(nothing, get=everybody(302), post=whoever(405)),
    "mfa_generate_recovery_codes": Door(nothing, get=everybody(302), post=everybody(302)),
    "mfa_download_recovery_codes": Door(nothing, get=whoever(404), post=whoever(404)),
    "mfa_list_webauthn": Door(nothing, get=whoever(200), post=whoever(405)),
    "mfa_add_webauthn": Door(nothing, get=everybody(302), post=everybody(302)),
    "mfa_reauthenticate_webauthn": Door(nothing, get=everybody(302), post=everybody(302)),
    "mfa_edit_webauthn": Door(lambda world: [1], get=everybody(302), post=everybody(302)),
    "mfa_remove_webauthn": Door(lambda world: [1], get=everybody(302), post=everybody(302)),
    "office-people": Door(get=for_keepers(), post=for_keepers(400)),
    "office-person": Door(
        lambda world: [world.city.slug, colleague(world.city)],
        get=for_keepers(),
        post=for_keepers(400),
    ),
    "office-invitation": Door(
        lambda world: [world.city.slug, invited(world.city)],
        get=everybody(405),
        post=for_keepers(400),
    ),
    "network-people": Door(nothing, get=for_the_network(), post=for_the_network(400)),
    "network-person": Door(
        lambda world: [colleague(None)], get=for_the_network(), post=for_the_network(400)
    ),
    "network-invitation": Door(
        lambda world: [invited(None)], get=everybody(405), post=for_the_network(400)
    ),
}
