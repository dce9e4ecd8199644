"""The directory's tables, by subject: places, taxonomy, listings, their history, trust, changes, partners, people."""

from services.models.changes import Change, ChangeCounter
from services.models.history import ListingVersion
from services.models.listings import (
    Criterion,
    Location,
    Organization,
    Phone,
    Service,
    ServiceAtLocation,
    ServiceLanguage,
)
from services.models.partners import Delivery, KeyUse, PartnerKey, Webhook
from services.models.people import Membership
from services.models.places import City, Country, Place
from services.models.taxonomy import Need, TargetGroup
from services.models.trust import Confirmation, Mark, Source

__all__ = [
    "Change",
    "ChangeCounter",
    "City",
    "Confirmation",
    "Country",
    "Criterion",
    "Delivery",
    "KeyUse",
    "ListingVersion",
    "Location",
    "Mark",
    "Membership",
    "Need",
    "Organization",
    "PartnerKey",
    "Phone",
    "Place",
    "Service",
    "ServiceAtLocation",
    "ServiceLanguage",
    "Source",
    "TargetGroup",
    "Webhook",
]
