"""The directory's tables, a module for each subject."""

from services.models.changes import Change, ChangeCounter
from services.models.confirming import Check, CheckListing, Proposal, WrongAddress
from services.models.details import Criterion, Phone, ServiceLanguage
from services.models.history import ListingVersion
from services.models.joining import JoinRequest, SignOff
from services.models.listings import Location, Organization, Service, ServiceAtLocation
from services.models.partners import Delivery, KeyUse, PartnerKey, Webhook
from services.models.people import Membership
from services.models.places import City, Country, Place
from services.models.reporting import Hold, Release, Report
from services.models.sheets import ColumnMapping, SheetImport
from services.models.shown import Shown
from services.models.signals import Reason, Signal
from services.models.taxonomy import Need, TargetGroup
from services.models.trust import Confirmation, Mark, Source

__all__ = [
    "Change",
    "ChangeCounter",
    "Check",
    "CheckListing",
    "City",
    "ColumnMapping",
    "Confirmation",
    "Country",
    "Criterion",
    "Delivery",
    "Hold",
    "JoinRequest",
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
    "Proposal",
    "Reason",
    "Release",
    "Report",
    "Service",
    "ServiceAtLocation",
    "ServiceLanguage",
    "SheetImport",
    "Shown",
    "SignOff",
    "Signal",
    "Source",
    "TargetGroup",
    "Webhook",
    "WrongAddress",
]
