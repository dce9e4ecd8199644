"""Phone numbers: how they are checked, dialled and read aloud."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: A short code such as 112, 1522 or 116000 is dialled as it stands.
SHORT_CODE_DIGITS = 6


def digits(number):
    return "".join(character for character in number if character.isdigit())


def is_short_code(number):
    return not number.strip().startswith("+") and 3 <= len(digits(number)) <= SHORT_CODE_DIGITS


def line_of(number):
    """What all ways of writing one number have in common."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return digits(number)
    return f"{parsed.country_code}{parsed.national_number}"


def validate_phone(number):
    """Refuse a number that is neither international nor a short code."""
    if is_short_code(number):
        return
    try:
        valid = phonenumbers.is_possible_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        valid = False
    if not valid:
        raise ValidationError(
            _(
                "“%(number)s” cannot be dialled. Write it like +32 2 535 45 42, or a short code like 112."
            ),
            params={"number": number},
        )


def tel_href(number):
    """A `tel:` address."""
    prefix = "+" if number.strip().startswith("+") else ""
    return f"tel:{prefix}{digits(number)}"


def readable(number, country):
    """The number as people of that country say it; from elsewhere the international form."""
    if is_short_code(number):
        return number
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    at_home = bool(country) and phonenumbers.country_code_for_region(country) == parsed.country_code
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if at_home else form.INTERNATIONAL)
