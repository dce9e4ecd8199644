"""The sheet of a city on paper."""

import io

import pytest
from django.conf import settings
from pypdf import PdfReader

CITIES = ("brussels", "luxembourg", "rome", "gothenburg")


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_every_city_fits_on_two_pages_of_a4(visit, language):
    pages = {}
    for city in CITIES:
        visit.open(f"/{city}/sheet/?lang={language}")
        printed = PdfReader(io.BytesIO(visit.page.pdf(prefer_css_page_size=True)))
        pages[city] = [tuple(round(side) for side in page.mediabox[2:]) for page in printed.pages]
    a4 = (595, 842)
    assert pages == {city: [a4, a4] for city in CITIES}


def test_the_button_prints(visit):
    visit.open("/brussels/sheet/")
    visit.page.evaluate("window.print = () => { document.body.dataset.printed = 'yes'; }")
    visit.page.get_by_role("button", name="Print").click()
    assert visit.page.locator("body[data-printed=yes]").count() == 1
