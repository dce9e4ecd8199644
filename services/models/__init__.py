"""The directory's tables, by subject: places, taxonomy, listings, trust."""

from services.models.listings import (
    Criterion,
    Location,
    Organization,
    Phone,
    Service,
    ServiceAtLocation,
    ServiceLanguage,
)
from services.models.places import City, Country, Place
from services.models.taxonomy import Need, TargetGroup
from services.models.trust import Confirmation, Mark, Source

__all__ = [
    "City",
    "Confirmation",
    "Country",
    "Criterion",
    "Location",
    "Mark",
    "Need",
    "Organization",
    "Phone",
    "Place",
    "Service",
    "ServiceAtLocation",
    "ServiceLanguage",
    "Source",
    "TargetGroup",
]
