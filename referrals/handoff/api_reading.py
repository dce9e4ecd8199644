"""What a partner's program may send: codes of fixed lists and a way to reach the worker. No free text.

Whatever is not understood is a 400 `Problem` that names the field and what it takes. Nothing that was
sent is said again: a name typed into the wrong field would come back, and be kept on the way.
"""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import prefetch_related_objects

from referrals.handoff import codes, contacts
from referrals.handoff.acts import Wanted
from referrals.models import Referral
from referrals.pathway.ranking import is_alarm_line
from services.api.cities import city_of
from services.api.parameters import SLUG, UUID
from services.api.problems import Problem
from services.directory import directory_of
from services.languages import NAMES
from services.models import Service
from services.names import names

Contact = Referral.Contact

FIELDS = (
    "city", "service", "need", "group", "urgency", "language", "contact", "code", "consent",
)  # fmt: skip
CODE = rf"[{codes.ALPHABET}]{{3}}-?[{codes.ALPHABET}]{{3}}"
LONGEST_EMAIL = 254


def wanted_from(body, key):
    """The `Wanted` of a body for a `PartnerKey`, whose cities and sight decide what is there."""
    _only(body, FIELDS)
    _check_consent(body)
    city, audience = _city(body, key)
    service, listing = _service(body, city, audience)
    contact, value = _contact(body)
    return Wanted(
        city=city,
        service=service,
        need=_one_of(body, "need", sorted(listing.needs)),
        urgency=_one_of(body, "urgency", Referral.Urgency.values),
        group=_one_of(body, "group", names(city).groups, optional=True),
        language=_one_of(body, "language", NAMES, optional=True),
        contact=contact,
        contact_value=value,
        code=_code(body),
    )


def reason_from(body):
    """Why a service cannot take the person, for `acts.refuse`: one of `Referral.Reason`, in a list."""
    _only(body, ("reason",))
    return [_one_of(body, "reason", Referral.Reason.values)]


def nothing_from(body):
    """Refuse a body that says anything: the act alone is meant, which takes nothing."""
    _only(body, ())
    return []


def _only(body, known):
    if not isinstance(body, dict):
        raise Problem(400, "The body must be a JSON object.", field="body", allowed=known)
    if not set(body) <= set(known):
        raise Problem(
            400, "The body has a field that is not known here.", field="body", allowed=known
        )


def _check_consent(body):
    if body.get("consent") is not True:
        raise Problem(
            400,
            "Nothing is passed on without the person's yes.",
            field="consent",
            detail="Ask first, and say what is passed on, to whom and for how long.",
            allowed=[True],
        )


def _city(body, key):
    """(the city, as whom its services are read); only the key's own cities."""
    prefetch_related_objects([key], "cities__country")
    own = {city.slug: city for city in key.cities.all()}
    slug = body.get("city")
    if not isinstance(slug, str) or not re.fullmatch(SLUG, slug):
        raise Problem(400, "Say in which city.", field="city", allowed=own)
    if slug not in own:
        city_of(slug)
        raise Problem(403, "This key refers in other cities alone.", field="city", allowed=own)
    return own[slug], key.reader.audience_in(own[slug])


def _service(body, city, audience):
    """(the service, its listing); what this audience may not know of is as if it never was."""
    pk = body.get("service")
    if not isinstance(pk, str) or not UUID.match(pk):
        raise Problem(
            400, "Say to which service.", field="service", detail="Its `id` in `services`."
        )
    shown = Service.objects.visible_to(audience).serving(city).select_related("organization")
    service = shown.filter(pk=pk).first()
    found = directory_of(city, audience).listings([str(service.pk)], "en") if service else {}
    listing = next(iter(found.values()), None)
    if listing is None:
        raise Problem(404, "There is no such service in this city.", field="service")
    if is_alarm_line(listing):
        raise Problem(400, "Nobody writes to the emergency number: call it.", field="service")
    return service, listing


def _one_of(body, name, allowed, *, optional=False):
    """A code of a fixed list; empty where one that may be left out is."""
    given = body.get(name)
    if optional and given is None:
        return ""
    if not isinstance(given, str) or given not in allowed:
        title = f"“{name}” is none of those allowed." if name in body else f"“{name}” is missing."
        raise Problem(400, title, field=name, allowed=allowed)
    return given


def _contact(body):
    """(how the receiver reaches the worker, the number or address)."""
    contact = body.get("contact")
    if contact is None:
        return Contact.NONE, ""
    if not isinstance(contact, dict) or not set(contact) <= {"by", "value"}:
        raise Problem(
            400, "“contact” is an object of these.", field="contact", allowed=["by", "value"]
        )
    by = contact.get("by")
    if not isinstance(by, str) or by not in Contact.values:
        raise Problem(
            400,
            "“contact.by” is none of those allowed.",
            field="contact.by",
            allowed=Contact.values,
        )
    return Contact(by), _CHECKS[by](contact.get("value"))


def _no_value(value):
    if value not in (None, ""):
        raise _wrong_value("Leave it out where nobody is to call.")
    return ""


def _phone(value):
    if not isinstance(value, str) or not contacts.is_number(value):
        raise _wrong_value("The worker's number, written like +32 2 535 45 42.")
    return value


def _email(value):
    # What stands between quotation marks in an address may be any words.
    if not isinstance(value, str) or len(value) > LONGEST_EMAIL or '"' in value:
        raise _wrong_value("The worker's address, written like desk@example.org.")
    try:
        validate_email(value)
    except ValidationError:
        raise _wrong_value("The worker's address, written like desk@example.org.") from None
    return value


_CHECKS = {Contact.NONE: _no_value, Contact.PHONE: _phone, Contact.EMAIL: _email}


def _wrong_value(detail):
    return Problem(400, "“contact.value” cannot be used.", field="contact.value", detail=detail)


def _code(body):
    """The code of the case, without its dash; empty where a new one is wanted."""
    given = body.get("code")
    if given is None:
        return ""
    if not isinstance(given, str) or not re.fullmatch(CODE, given):
        detail = f"Six of {codes.ALPHABET}, as in ACD-346; leave it out for a new one."
        raise Problem(400, "“code” is no code.", field="code", detail=detail)
    return codes.read(given)
