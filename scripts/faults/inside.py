"""What a fault program asks of the site with the site's own settings: `python -m scripts.faults.inside`.

The last line of what it prints is JSON.
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django.setup()

from allauth.account.models import EmailAddress  # noqa: E402  (apps are loaded first)
from allauth.mfa.models import Authenticator  # noqa: E402
from allauth.mfa.utils import encrypt  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from services.models import City, Membership, Service  # noqa: E402


def fill():
    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_cities", verbosity=0)
    call_command("load_toolboxes", verbosity=0)
    for city in City.objects.all():
        city.is_sample = False
        city.save()
    return City.objects.count()


def sign_in(role="editor", slug="brussels", address="fault-person@example.org"):
    """A cookie of somebody with this role and a second step; they are made where they are missing."""
    users = get_user_model().objects
    user = users.filter(username=address).first() or users.create_user(address, email=address)
    EmailAddress.objects.get_or_create(user=user, email=address, verified=True, primary=True)
    Authenticator.objects.get_or_create(
        user=user, type="totp", defaults={"data": {"secret": encrypt("JBSWY3DPEHPK3PXP")}}
    )
    city = None if role == "network" else City.objects.get(slug=slug)
    Membership.objects.update_or_create(user=user, city=city, defaults={"role": role})
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def directory():
    """City -> the slugs and ids of what everybody may read there; cities without any are left out."""
    shown = Service.objects.filter(status="published", visibility="public")
    found = {
        city.slug: [[s.slug, str(s.pk)] for s in shown.filter(cities=city).order_by("slug")]
        for city in City.objects.all()
    }
    return {slug: listings for slug, listings in found.items() if listings}


def mail_desks(address, slug="brussels", count=6):
    """Give several listings of a city an address for mail; what a referral to each needs."""
    shown = Service.objects.filter(status="published", visibility="public", cities__slug=slug)
    doors = []
    for service in shown.exclude(needs__code="emergency").order_by("slug").distinct()[:count]:
        service.email = address
        service.save()
        doors.append(
            {"id": str(service.pk), "slug": service.slug, "need": service.needs.first().code}
        )
    return {"doors": doors}


WAYS = {"mail-desks": mail_desks, "fill": fill, "sign-in": sign_in, "directory": directory}

if __name__ == "__main__":
    print(json.dumps(WAYS[sys.argv[1]](*sys.argv[2:])))
