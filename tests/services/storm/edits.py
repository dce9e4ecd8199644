"""Edits at random by several processes at once, as a program of its own: `python -m …edits SEED`.

DATABASE_URL names the database. Whatever an edit does, it is done through the models.
"""

import os
import random
import sys
import time

os.environ["WAYMARK_ENV"] = "test"
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django

django.setup()

from django.db import IntegrityError, OperationalError, transaction

from services.models import City, Location, Need, Organization, Phone, Service
from tests import factories

EDITS = 60
#: How often an edit that another one won against is tried again.
TRIES = 5


class ChangedMindError(Exception):
    """Rolls an edit back."""


def create(pick, name):
    city = pick.choice(list(City.objects.all()))
    visibility = pick.choice(["public", "public", "public", "professional", "sealed"])
    factories.make_service(
        city,
        name=name,
        slug=name.lower(),
        organization=f"Runner {pick.randrange(5)}",
        visibility=visibility,
        status=pick.choice(["published", "published", "draft"]),
    )


def some_service(pick):
    keys = list(Service.objects.values_list("pk", flat=True))
    return Service.objects.filter(pk=pick.choice(keys)).first() if keys else None


def set_email(pick, name):
    service = some_service(pick)
    service.email = f"{name.lower()}@example.org"
    service.save()


def set_status(pick, _name):
    service = some_service(pick)
    service.status = pick.choice(["published", "published", "draft", "withdrawn"])
    service.save()


def set_visibility(pick, _name):
    service = some_service(pick)
    service.visibility = pick.choice(["public", "professional", "sealed"])
    service.save()


def delete(pick, _name):
    some_service(pick).delete()


def add_phone(pick, name):
    Phone.objects.create(service=some_service(pick), number="+32 2 555 01 09", note=name)


def move(pick, _name):
    some_service(pick).cities.set([pick.choice(list(City.objects.all()))])


def rename_organization(pick, name):
    organization = pick.choice(list(Organization.objects.all()))
    organization.name = f"{name} runner"
    organization.save()


def move_place(pick, name):
    place = pick.choice(list(Location.objects.filter(kind="physical")))
    place.street = name
    place.save()


def file_under(pick, _name):
    some_service(pick).needs.set([pick.choice(list(Need.objects.all()))])


ACTS = [
    create, create, create, create, create, create, set_email, set_email, set_status, set_visibility, delete,
    add_phone, move, rename_organization, move_place, file_under,
]  # fmt: skip


def edit(pick, name):
    """One to three acts in one transaction, some of them taken back."""
    with transaction.atomic():
        for act in pick.choices(ACTS, k=pick.choice([1, 1, 2, 3])):
            act(pick, f"{name}{pick.randrange(10**9)}")
            time.sleep(pick.random() * 0.01)
        if pick.random() < 0.1:
            raise ChangedMindError


def main(seed):
    pick = random.Random(seed)
    for number in range(EDITS):
        for _try in range(TRIES):
            try:
                edit(pick, f"W{seed}x{number}x")
                break
            except ChangedMindError:
                break
            # Two at once at the same thing: one of them loses and tries again, as an editor would.
            except (IntegrityError, OperationalError, AttributeError, IndexError):
                continue
            except (Service.DoesNotExist, ValueError):
                continue


if __name__ == "__main__":
    main(int(sys.argv[1]))
