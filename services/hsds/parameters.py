"""The parameters of HSDS 3.2 and Open Referral UK 3.0, which both roots take."""

from services.api.parameters import (
    Choice,
    Flag,
    Id,
    Moment,
    Paged,
    Parameters,
    SearchText,
    Slug,
    Text,
    WholeNumber,
)
from services.hsds.schedules import DAYS

FORMATS = ["json", "ndjson"]
OLDEST = 150
FARTHEST_METRES = 20_038_000


class TimeOfDay(Text):
    """A time as HH:MM, on the clock of the service."""

    pattern = r"([01][0-9]|2[0-3]):[0-5][0-9]"


class Postcode(Text):
    """A postcode of any country."""

    pattern = r"[A-Za-z0-9][A-Za-z0-9 -]{0,19}"


class Listed(Paged):
    """What every collection takes."""

    search = SearchText(required=False, help_text="Words in names, summaries, needs, languages.")
    format = Choice(
        choices=FORMATS, default="json", help_text="`ndjson` streams everything, a line each."
    )


class TaxonomiesQuery(Listed):
    pass


class TermsQuery(Listed):
    taxonomy_id = Id(required=False)
    top_only = Flag(default=False, help_text="Only terms without a parent.")
    parent_id = Id(required=False, help_text="Only terms under this one.")


class Filed(Listed):
    """What collections of what is filed under terms take."""

    taxonomy_term_id = Id(required=False, help_text="Filed under this term, or one under it.")
    taxonomy_id = Id(required=False, help_text="Filed under any term of this taxonomy.")
    city = Slug(required=False, help_text="Ours: only what people in this city can use.")
    full = Flag(default=False, help_text="With everything that hangs on it.")


class OrganizationsQuery(Filed):
    full_service = Flag(default=False, help_text="With whole services in place of short ones.")


class ServicesQuery(Filed):
    organization_id = Id(required=False)
    modified_after = Moment(required=False, help_text="Changed at this moment or later.")
    minimal = Flag(
        default=False, help_text="Id, name, status and date of change alone, all on one page."
    )
    minimum_age = WholeNumber(
        required=False, min_value=0, max_value=OLDEST, help_text="Youngest age at least this."
    )
    maximum_age = WholeNumber(
        required=False, min_value=0, max_value=OLDEST, help_text="Oldest age at most this."
    )
    start_time = TimeOfDay(required=False, help_text="Opens at this time, as 09:30, or later.")
    end_time = TimeOfDay(required=False, help_text="Closes at this time, as 17:00, or earlier.")
    day = Choice(choices=list(DAYS), required=False, help_text="Opens on this day.")


class SitesQuery(ServicesQuery):
    minimal = None
    postcode = Postcode(required=False, help_text="For people who live there.")
    proximity = WholeNumber(
        required=False,
        min_value=1,
        max_value=FARTHEST_METRES,
        help_text="Within so many metres of the middle of the postcode.",
    )


class OrganizationQuery(Parameters):
    full_service = Flag(default=False, help_text="With whole services in place of short ones.")
