"""What a weak line has to carry before somebody can read, measured on the line."""

import pytest
from django.conf import settings

from tests.pages import CITY, GUIDE, PLAN

#: What a server sends before it waits for the first answer: ten packets of an Ethernet's size
#: (https://www.rfc-editor.org/rfc/rfc6928).
ROUND_TRIP_BYTES = 14 * 1024
#: Measured: 9.8 to 10.6 kB for a first page, 11.6 (a listing) to 15.6 (a sheet) for the others.
READING_BYTES = 20 * 1024

FIRST_PAGES = {"home": "/", "city": f"/{CITY}/", "first question": f"{GUIDE}danger/"}
LONGER_PAGES = {
    "services": f"/{CITY}/services/",
    "service": f"/{CITY}/services/cpvs-saint-pierre/",
    "sheet": f"/{CITY}/sheet/",
    "plan": PLAN,
}


def carried(visit, address):
    """Bytes received for a page with everything it loads, heads of the answers included."""
    requests = []
    visit.context.on("request", lambda request: requests.append(request))
    visit.open(address)
    visit.page.wait_for_load_state("networkidle")
    assert {"document", "stylesheet", "script"} <= {one.resource_type for one in requests}
    sizes = [one.sizes() for one in requests]
    return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("address", FIRST_PAGES.values(), ids=FIRST_PAGES.keys())
def test_first_page_comes_in_one_round_trip(open_browser, address, language):
    visit = open_browser(locale=language)
    weight = carried(visit, address)
    assert visit.page.locator("html").get_attribute("lang") == language
    assert weight <= ROUND_TRIP_BYTES


@pytest.mark.parametrize("address", LONGER_PAGES.values(), ids=LONGER_PAGES.keys())
def test_other_pages_come_in_two(open_browser, address):
    assert carried(open_browser(), address) <= READING_BYTES
