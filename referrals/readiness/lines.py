"""The list of what a city must have before it goes live: each line said, and what to do about it."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals import planning
from referrals.pathway import signing
from referrals.readiness import core
from services.models import Membership
from services.names import names
from services.roles import POWERS, Power, Role, second_factors_of
from services.visibility import Audience

#: People who must be there, each with a second factor.
ADMINISTRATORS = 2
#: A hold is released by two people.
RELEASERS = 2


@dataclass(frozen=True)
class Line:
    """One thing that a city must have, in the language of the reader."""

    code: str
    has: bool
    text: str
    #: What to do, and where, if it lacks.
    advice: str = ""
    address: str = ""
    action: str = ""


def lines(city):
    """Every `Line` of a city. At most twelve queries while its directory is in memory."""
    return [
        _emergency(city),
        *_doors(city),
        _legal(city),
        *_people(city),
    ]


def lacking(found):
    """The codes of what is missing."""
    return [line.code for line in found if not line.has]


def _emergency(city):
    return Line(
        "emergency",
        bool(city.country.emergency_numbers.get("any")),
        _("The emergency number of the country is known"),
        _("An administrator of the network enters it at the country."),
        reverse("admin:services_country_change", args=[city.country_id]),
        _("Open the country"),
    )


def _doors(city):
    known = names()
    for gap in core.gaps(planning.doors(city, Audience.PUBLIC)):
        need = known.needs.get(gap.need, gap.need)
        groups = ", ".join(known.groups.get(code, code) for code in gap.groups)
        advice = _("Not yet for: %(groups)s. Confirm a listing that takes them, or add one.")
        yield Line(
            f"need:{gap.need}",
            not gap.groups,
            _("%(need)s: a confirmed door for every group") % {"need": need},
            advice % {"groups": groups},
            reverse("services", args=[city.slug]) + f"?need={gap.need}",
            _("See the listings"),
        )


def _legal(city):
    missing = [entry for entry in legal_entries(city) if not is_current(city, entry)]
    advice = ngettext(
        "%(count)d duty or window waits for a sign-off, or for a new one.",
        "%(count)d duties and windows wait for a sign-off, or for a new one.",
        len(missing),
    ) % {"count": len(missing)}
    return Line(
        "legal",
        not missing,
        _("Duties and windows of time are signed off, and none has expired"),
        advice,
        reverse("legal", args=[city.slug]),
        _("Read and sign"),
    )


def legal_entries(city):
    """The entries of the city's pathway, with their sign-offs, that must be signed."""
    return [entry for entry in signing.entries(planning.pathway_for(city)) if entry.is_legal]


def is_current(city, entry):
    """Whether somebody stands behind an entry today, and its own review has not expired."""
    review = entry.item.review
    return review.signed_off and review.expires_on >= planning.now_in(city).date()


def _people(city):
    # Not `reverse`: the page of a city's people belongs to another app.
    address = f"/office/{city.slug}/people/"
    roles = list(
        Membership.objects.filter(city=city, user__is_active=True)
        .annotate(strong=Exists(second_factors_of(OuterRef("user"))))
        .filter(strong=True)
        .values_list("role", flat=True)
    )
    administrators = roles.count(Role.ADMINISTRATOR)
    releasers = sum(Power.EDIT in POWERS[role] for role in roles)
    yield Line(
        "administrators",
        administrators >= ADMINISTRATORS,
        _("Two administrators with a second factor"),
        _("So far: %(count)d. Invite another, or ask one to add the second factor.")
        % {"count": administrators},
        address,
        _("Invite people"),
    )
    yield Line(
        "releasers",
        releasers >= RELEASERS,
        _("Two people who can release a listing that is held back"),
        _("Editors and administrators can. With a second factor so far: %(count)d.")
        % {"count": releasers},
        address,
        _("Invite people"),
    )
