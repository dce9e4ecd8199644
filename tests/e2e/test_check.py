"""The page behind the link of a mail, on a phone: read, tapped by keyboard, done."""

from tests.e2e.guide import leave_page_by, tab_to
from tests.e2e.test_pages import barriers, overflow

ASK = """
from services.confirming import links, mailing
from services.models import City, Service
cities = City.objects.filter(slug="gothenburg")
cities.update(checks_on=True)
services = Service.objects.serving(cities.get()).filter(status="published", reach="city")
check = mailing.line_up(services.exclude(email="").first().organization, at_once=True)
cities.update(checks_on=False)
print(links.opened(check.sealed_token))
"""


def test_one_tap_by_keyboard_confirms(visit, site_shell, site_log):
    secret = site_shell(ASK)
    page, address = visit.page, f"/check/{secret}/?lang=en"
    visit.open(address)
    assert barriers(page) == []
    assert overflow(page) <= 0
    for fold in page.locator("main details").all():
        fold.locator("summary").click()
    # Where the last press has scrolled to, the head of the page may cover half a field.
    page.evaluate("scrollTo(0, 0)")
    assert barriers(page) == []
    assert overflow(page) <= 0
    heights = [b.bounding_box()["height"] for b in page.locator("main button").all()]
    assert min(heights) >= 44
    assert visit.context.cookies() == []
    visit.open(address)
    left = page.locator("button[value=right]").count()
    for _entry in range(left):
        tab_to(page, "button[value=right]")
        leave_page_by(page, lambda: page.keyboard.press("Enter"))
    assert page.locator("h1").inner_text() == "Thank you"
    assert barriers(page) == []
    assert visit.foreign == []
    assert visit.complaints == []
    assert secret not in site_log.read_text()
