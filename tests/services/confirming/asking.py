"""A city that asks, an organisation to ask, and the link that a mail brought."""

import re
from urllib.parse import urlsplit

from django.core import mail
from django.core.management import call_command

from services.models import City, Organization
from tests.factories import make_city, make_service

ADDRESS = "desk@lantern.example"


def make_asking_city(slug="harbour", **fields):
    """A city that has switched the mails on."""
    defaults = {"checks_on": True, "languages": ["lb", "fr-BE", "nl"]}
    return make_city(slug, **defaults | fields)


def make_listing(city, name="Lantern House", **fields):
    """A listing that was never confirmed, of an organisation with an address."""
    defaults = {"organization": "Lantern", "email": ADDRESS, "opening_hours": "Mo-Fr 09:00-17:00"}
    return make_service(city, name=name, **defaults | fields)


def send(**options):
    """Run the command; the mails that it sent."""
    before = len(mail.outbox)
    call_command("send_checks", verbosity=0, **options)
    return mail.outbox[before:]


def link_in(message, language="en"):
    """The path and query of the link in a mail, for a reader of this language; None: as it was sent."""
    (address,) = re.findall(r"https?://\S+/check/\S+", message.body)
    parts = urlsplit(address)
    return f"{parts.path}?{f'lang={language}' if language else parts.query}"


def asked(city, **fields):
    """(listing, link) of a mail just sent about one listing."""
    service = make_listing(city, **fields)
    (message,) = send()
    return service, link_in(message)


def form_values(page, button):
    """What pressing a button with this value sends, of the first form that has it: hidden and shown fields."""
    for form in re.findall(r"<form.*?</form>", page, re.DOTALL):
        if f'value="{button}"' in form:
            inputs = re.findall(r'<input[^>]*name="([^"]+)"[^>]*?(?:value="([^"]*)")?[^>]*>', form)
            values = {name: _value(form, name) for name, _v in inputs}
            return values | _chosen(form) | {"answer": button}
    raise AssertionError(f"no button {button}")


def _value(form, name):
    (tag,) = re.findall(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', form)
    found = re.search(r'value="([^"]*)"', tag)
    return found[1] if found else ""


def _chosen(form):
    chosen = {}
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        found = re.search(r'value="([^"]*)" selected', options)
        chosen[name] = found[1] if found else ""
    return chosen


def press(browser, link, button, **typed):
    """Open the page, press the first such button; `typed` replaces fields by the end of their name."""
    values = form_values(browser.get(link).content.decode(), button)
    for name, value in typed.items():
        (field,) = [key for key in values if key.split("-")[-1] == name]
        values[field] = value
    return browser.post(link, values)


def organization(name="Lantern"):
    return Organization.objects.get(name=name)


def settings_of(city, **fields):
    City.objects.filter(pk=city.pk).update(**fields)
