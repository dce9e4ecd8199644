"""`manage.py partner_key`: make a key for a partner's program, or end one."""

import datetime

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from services import webhooks
from services.models import City, PartnerKey

MOST_DAYS = 3650


class Command(BaseCommand):
    help = "Make a key for a partner's program, shown this once; or end one with --revoke."

    def add_arguments(self, parser):
        parser.add_argument("name", nargs="?", help="whose program it is")
        parser.add_argument(
            "--level",
            choices=PartnerKey.Level.values,
            default=PartnerKey.Level.PUBLIC,
            help="professional: it sees what vetted workers see, in the cities named",
        )
        parser.add_argument(
            "--city",
            action="append",
            default=[],
            metavar="SLUG",
            help="where a professional key sees more; repeat it for several",
        )
        parser.add_argument(
            "--may-refer",
            action="store_true",
            help="it may send nameless referrals in its cities, and read its own; a professional key",
        )
        parser.add_argument(
            "--days", type=int, default=365, help="how long it is good for (default: 365)"
        )
        parser.add_argument(
            "--webhook",
            metavar="URL",
            help="an https address to be told of withdrawn listings, and of its own referrals",
        )
        parser.add_argument(
            "--revoke", metavar="PREFIX", help="end the key that begins so; it cannot be undone"
        )

    def handle(self, *, name, revoke, **options):
        name = (name or "").strip()
        if revoke and name:
            raise CommandError("Either make a key, with a name, or end one, with --revoke.")
        if revoke:
            self._revoke(revoke)
        elif name:
            self._make(name, **options)
        else:
            raise CommandError("Say whose key it is, or which one ends: --revoke PREFIX.")

    def _revoke(self, prefix):
        key = PartnerKey.objects.filter(prefix=prefix.partition(".")[0]).first()
        if key is None:
            raise CommandError(f"There is no key that begins with “{prefix}”.")
        key.revoked = True
        key.save(update_fields=["revoked"])
        self.stdout.write(f"The key {key.prefix} of {key} is revoked.")

    def _make(self, name, *, level, city, may_refer, days, webhook, **_options):
        cities = _cities(level, city)
        if not name.isprintable():
            raise CommandError("The name holds characters that cannot be printed.")
        if not 1 <= days <= MOST_DAYS:
            raise CommandError(f"--days is {days}: use 1 to {MOST_DAYS}.")
        key = PartnerKey(
            name=name,
            level=level,
            may_refer=may_refer,
            expiry_date=timezone.now() + datetime.timedelta(days=days),
        )
        plain, secret = _saved(key, cities, webhook)
        self.stdout.write(f"key: {plain}")
        if secret:
            self.stdout.write(f"webhook secret: {secret}")
        self.stdout.write(f"Good until {key.expiry_date:%Y-%m-%d}. This is not shown again.")


def _cities(level, slugs):
    known = {city.slug: city for city in City.objects.filter(slug__in=slugs)}
    for slug in slugs:
        if slug not in known:
            raise CommandError(f"There is no city “{slug}”.")
    if (level == PartnerKey.Level.PROFESSIONAL) != bool(slugs):
        raise CommandError(
            "A professional key sees more in the cities named with --city; others need none."
        )
    return known.values()


def _saved(key, cities, url):
    """(the key, the secret of its webhook or None), all saved or nothing."""
    plain = PartnerKey.objects.assign_key(key)
    try:
        with transaction.atomic():
            key.full_clean()
            key.save()
            key.cities.set(cities)
            secret = webhooks.make_webhook(key, url)[1] if url else None
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return plain, secret
