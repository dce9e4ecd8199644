"""`manage.py invite`: the first person of a new installation, or of a city."""

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts import inviting
from accounts.models import ADDRESS_LENGTH
from services.models import City, Membership

Role = Membership.Role


class Command(BaseCommand):
    help = "Invite somebody by mail; with --link, print the link instead, to be passed on by hand."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--city", help="the city's slug; none for the network")
        parser.add_argument("--link", action="store_true", help="print the link, send no mail")

    def handle(self, email, role, city, link, **_options):
        self._check(email)
        place = self._place(role, city)
        try:
            # Before anything is written: is there an address that the link could lead to?
            inviting.link_of("token")
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        invitation, token = inviting.invite(email, role, place)
        if link:
            self.stdout.write(inviting.link_of(token))
        elif inviting.send(invitation, token):
            self.stdout.write(f"An invitation was sent to {invitation.email}.")
        else:
            inviting.withdraw(invitation, by=None)
            raise CommandError("The mail could not be sent: see EMAIL_URL, or use --link.")

    def _check(self, email):
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError("This is no e-mail address.") from error
        if len(email) > ADDRESS_LENGTH:
            raise CommandError(f"The address is longer than {ADDRESS_LENGTH} characters.")

    def _place(self, role, slug):
        if (role == Role.NETWORK) != (slug is None):
            raise CommandError("Name a --city, except for --role network.")
        if slug is None:
            return None
        try:
            return City.objects.get(slug=slug)
        except City.DoesNotExist as error:
            raise CommandError("There is no such city.") from error
