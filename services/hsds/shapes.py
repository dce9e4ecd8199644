"""HSDS objects as JSON Schema: of the standard's fields those that we send, and our `waymark`.

Types, enumerations and required fields are those of the schemas of HSDS 3.1 and 3.2, with which the
Open Referral UK profile agrees. As there, more fields may come: a reader ignores what it does not know.
"""

from services.api.shapes import (
    DAY,
    ID,
    LINK,
    MOMENT,
    STANCES,
    TRUST_STATES,
    Shape,
    number,
    one_of,
    page_of,
    several,
    table,
    text,
    thing,
    whole,
    yes_or_no,
)
from services.models import Confirmation, Criterion, Mark, Service
from services.projection import TEXTS

LOCATION_TYPES = ("physical", "postal", "virtual")
#: What ties a service to a term, as an attribute's `link_type`.
LINK_TYPES = ("need", "audience", "eligibility", "referral_method", "reach", "confidentiality")


def _record(name, required, about="", /, **fields):
    """A `Shape` of which only the fields named are always there."""
    optional = [field for field in fields if field not in required.split()]
    return Shape(f"Hsds{name}", thing(about, optional=optional, **fields))


TAXONOMY = _record(
    "Taxonomy",
    "id name description",
    "A vocabulary.",
    id=ID,
    name=text(),
    description=text(),
    version=text("Raised when a code changes its meaning."),
)

_TERM = {
    "id": ID,
    "code": text(),
    "name": text(),
    "description": text(),
    "parent_id": ID,
    "taxonomy": text("The name of the taxonomy."),
    "taxonomy_id": ID,
}
TERM = _record(
    "TaxonomyTerm",
    "id name description",
    "A word of a vocabulary.",
    **_TERM,
    language=text("BCP 47 tag of its name."),
    taxonomy_detail=TAXONOMY,
)

ATTRIBUTE = _record(
    "Attribute",
    "id",
    "What a service is filed under.",
    id=ID,
    link_id=ID,
    link_entity=text(),
    link_type=one_of(LINK_TYPES),
    value=one_of(STANCES, "With `eligibility`: whether it takes such people."),
    taxonomy_term_id=ID,
    taxonomy_term=TERM,
)

PHONE = _record(
    "Phone",
    "id number",
    id=ID,
    service_id=ID,
    number=text(),
    type=text(),
    description=text("Who answers."),
    opening_hours=text("Ours: OpenStreetMap opening hours of this line."),
)

SCHEDULE = _record(
    "Schedule",
    "id",
    "One opening; of hours that are not weekly only `notes`.",
    id=ID,
    service_id=ID,
    freq=one_of(["WEEKLY", "MONTHLY"]),
    byday=text("Days with commas between, as in MO,TU."),
    opens_at=text("With today’s offset from UTC, as in 09:00+01:00."),
    closes_at=text("23:59 is midnight."),
    description=text(),
    notes=text("The whole of the hours, as OpenStreetMap writes them."),
)

SERVICE_AREA = _record(
    "ServiceArea",
    "id",
    "Where people live whom it is for.",
    id=ID,
    service_id=ID,
    name=text(),
    service_area=text("The name again, as Open Referral UK has it."),
    extent=text("The `slug` of a city, the code of a country, or EU."),
    extent_type=text(),
)

ADDRESS = _record(
    "Address",
    "id address_1 city state_province postal_code country address_type",
    id=ID,
    location_id=ID,
    address_1=text(),
    city=text(),
    state_province=text(),
    postal_code=text(),
    country=text("ISO 3166 code."),
    address_type=one_of(LOCATION_TYPES),
)

ACCESSIBILITY = _record("Accessibility", "id", id=ID, location_id=ID, description=text())

LOCATION = _record(
    "Location",
    "id location_type",
    "A place. A secret one is `virtual`, and its description says so.",
    id=ID,
    location_type=one_of(LOCATION_TYPES),
    name=text(),
    description=text(),
    latitude=number(),
    longitude=number(),
    addresses=several(ADDRESS),
    accessibility=several(ACCESSIBILITY),
)

LANGUAGE = _record("Language", "id", id=ID, service_id=ID, name=text(), code=text("BCP 47 tag."))

COST_OPTION = _record(
    "CostOption",
    "id",
    id=ID,
    service_id=ID,
    option=text(),
    currency=text(),
    amount=number(),
    amount_description=text(),
)

UNIT = _record("Unit", "id name", id=ID, name=text())
CAPACITY = _record(
    "ServiceCapacity",
    "id unit available updated",
    "Only of what is full: more is not known.",
    id=ID,
    service_id=ID,
    unit=UNIT,
    available=number(),
    updated=MOMENT,
)

_SERVICE_SHORT = {
    "id": ID,
    "organization_id": ID,
    "name": text(),
    "status": one_of(["active", "inactive", "defunct", "temporarily closed"]),
}
_ORGANIZATION = {"id": ID, "name": text(), "description": text()}
ORGANIZATION_NAMED = _record("OrganizationNamed", "id name description", **_ORGANIZATION)

_SERVICE_LISTED = {
    **_SERVICE_SHORT,
    "alternate_name": text("As it calls itself, where that is not the name."),
    "description": text(),
    "url": LINK,
    "email": text(format="email"),
    "interpretation_services": text(),
    "application_process": text("How to get in."),
    "fees_description": text(),
    "fees": text("The same again, for readers of older versions."),
    "eligibility_description": text("Whom it takes, in words."),
    "minimum_age": number(),
    "maximum_age": number(),
    "assured_date": text("When the contact was last confirmed; nobody has where it is missing."),
    "alert": text(),
    "last_modified": MOMENT,
    "modified_date": MOMENT | {"description": "With `minimal`: the same as `last_modified`."},
    "organization": ORGANIZATION_NAMED,
}
SERVICE_LISTED = _record(
    "ServiceListed", "id name status", "A service as lists show it.", **_SERVICE_LISTED
)

_SITE = {
    "id": ID,
    "service_id": ID,
    "location_id": ID,
    "description": text(),
    "location": LOCATION,
}
SITE_OF_SERVICE = _record("SiteOfService", "id", "One of its places.", **_SITE)

#: What `waymark` holds: field -> schema with its meaning. The profile page shows them.
EXTENSION_FIELDS = {
    "slug": text("What the service is called in addresses of this site."),
    "official_name": text("The name as the service writes it."),
    "official_language": text("BCP 47 tag of that name."),
    "other_names": several(text(), "Names and abbreviations it is also known by."),
    "reach": one_of(
        Service.Reach.values,
        "Whom it is for: people of its cities, of a country, or all of Europe.",
    ),
    "country": text("ISO 3166 code; missing where it is for all of Europe."),
    "cities": several(text(), "The `slug` of each city it belongs to."),
    "timezone": text("IANA name of the clock that its hours are on."),
    "confidential": yes_or_no("The place is secret: people come in by phone."),
    "needs": several(text(), "Codes of the taxonomy of needs."),
    "target_groups": several(text(), "Codes of the target groups it is made for."),
    "criteria": several(
        thing(
            optional=("note", "limit"),
            code=one_of(Criterion.Code.values),
            stance=one_of(STANCES),
            note=text(),
            limit=whole("The oldest age of a son who may come along."),
        ),
        "Whom it takes, each with one of three answers and perhaps a note; "
        "what is not here nobody has said: ask first. "
        "`limit` is the oldest age of a son who may come along.",
    ),
    "age_max": whole(
        "The oldest age as stated, where `maximum_age` follows from `for_minors_only`."
    ),
    "for_minors_only": yes_or_no("Only for people under 18."),
    "for_professionals": yes_or_no("It advises professionals, not the person."),
    "for_people_who_use_violence": yes_or_no("Only for people who use violence."),
    "how_to_get_in": one_of(Service.WayIn.values, "The way in."),
    "interpreter": one_of(STANCES, "Whether an interpreter can be had."),
    "cost": one_of(Service.Cost.values, "Who pays."),
    "opening_hours": text("Hours as OpenStreetMap writes them, with public holidays."),
    "capacity": one_of(Service.Capacity.values, "Free places, until `capacity_until`."),
    "capacity_until": MOMENT | {"description": "Until when `capacity` holds; then it is unknown."},
    "professional_note": text("A note for vetted workers; only with a key that shows it."),
    "trust": several(
        thing(
            fields=one_of(Confirmation.FieldGroup.values),
            state=one_of(TRUST_STATES[:3]),
            on=DAY,
            by=one_of(Confirmation.By.values),
        ),
        "Each group of fields that somebody has confirmed: how fresh that is, when and by whom it "
        "was. A group that is not here nobody has confirmed.",
    ),
    "recheck_by": DAY
    | {"description": "The day on which the first of the groups is fresh no longer: look again."},
    "sources": several(
        thing(optional=("url", "date"), publisher=text(), url=text(format="iri"), date=text()),
        "Pages it was taken from. Of a secret place never the address of the page.",
    ),
    "doubts": several(
        thing(optional=("text",), kind=one_of(Mark.Kind.values), text=text()),
        "What a reader should know: an old source, sources that disagree, something to be checked.",
    ),
    "translations": table(
        thing(optional=TEXTS, **{name: text() for name in TEXTS}),
        "By language: every text that there is, in the words of its translators.",
    ),
    "translations_to_check": table(
        thing(
            optional=("drafted_by_machine", "older_than_source"),
            drafted_by_machine=several(one_of(TEXTS)),
            older_than_source=several(one_of(TEXTS)),
        ),
        "By language: which of them a machine translated and nobody has checked, and which were "
        "translated from a text that has changed since. Show them with a mark.",
    ),
}
EXTENSION = Shape(
    "HsdsWaymark",
    thing(
        "What HSDS has no field for. An empty field is left out.",
        optional=EXTENSION_FIELDS,
        **EXTENSION_FIELDS,
    ),
)

_PARTS = {
    "phones": several(PHONE),
    "schedules": several(SCHEDULE),
    "service_areas": several(SERVICE_AREA),
}
_WHOLE = {
    **_PARTS,
    "service_at_locations": several(SITE_OF_SERVICE),
    "languages": several(LANGUAGE),
    "cost_options": several(COST_OPTION),
    "capacities": several(CAPACITY),
    "attributes": several(ATTRIBUTE),
    "waymark": EXTENSION,
}
SERVICE = _record(
    "Service",
    "id name status",
    "A service with everything that hangs on it.",
    **_SERVICE_LISTED,
    **_WHOLE,
)

SITE = _record(
    "ServiceAtLocation",
    "id",
    "A service at one of its places, with both.",
    **_SITE,
    name=text("The name of the service."),
    status=_SERVICE_SHORT["status"],
    **_PARTS,
    service=SERVICE_LISTED,
)
ORGANIZATION = _record(
    "Organization",
    "id name description",
    "Who runs services.",
    **_ORGANIZATION,
    services=several(SERVICE, "Short ones, unless `full_service` asks for whole ones."),
)

ROOT = Shape(
    "HsdsRoot",
    thing(
        "What is spoken here.",
        version=text(),
        profile=LINK,
        openapi_url=LINK,
        description=text(),
        publisher=thing(name=text(), website=LINK),
    ),
)
#: The same under a name of its own, so that the document can show its own example of it.
ORUK_ROOT = Shape("OrukRoot", ROOT.schema)

#: Items of a list are shorter unless `full` is asked for; both have the shape of whole ones.
SERVICES = page_of(SERVICE, name="HsdsServices")
SITES = page_of(SITE, name="HsdsServiceAtLocations")
ORGANIZATIONS = page_of(ORGANIZATION, name="HsdsOrganizations")
TAXONOMIES = page_of(TAXONOMY, name="HsdsTaxonomies")
TERMS = page_of(TERM, name="HsdsTaxonomyTerms")
