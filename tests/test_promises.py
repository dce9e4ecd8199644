"""What the site promises of every page, as tables: docs/privacy.md says it in words."""

import gzip
import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from tests.pages import EVERY_PAGE, GUIDED, PAGES, READING, REFUSED, TELLING_WORDS

pytestmark = [
    pytest.mark.any_database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("four_cities"),
]

GUIDED_PAGE_BYTES = 30 * 1024
GUIDED_PAGE_QUERIES = 3

every_page = pytest.mark.parametrize("address", EVERY_PAGE.values(), ids=EVERY_PAGE.keys())
good_page = pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())
reading_page = pytest.mark.parametrize("address", READING.values(), ids=READING.keys())
guided_page = pytest.mark.parametrize("address", GUIDED.values(), ids=GUIDED.keys())

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}

#: Each is a whole directive of the Content-Security-Policy.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


class Elements(HTMLParser):
    """Every start tag of a page with its attributes, and the text of its titles and headings."""

    def __init__(self, page):
        super().__init__()
        self.tags = []
        self.texts = {"title": [], "h1": []}
        self._open = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag in self.texts:
            self._open = tag
            self.texts[tag].append("")

    def handle_endtag(self, tag):
        if tag == self._open:
            self._open = None

    def handle_data(self, data):
        if self._open:
            self.texts[self._open][-1] += data

    def all(self, *names):
        return [attributes for tag, attributes in self.tags if tag in names]

    def attribute(self, name):
        """Every value of an attribute, whatever the element."""
        return [attributes[name] for _tag, attributes in self.tags if name in attributes]


def read(client, address):
    return Elements(client.get(address).content.decode())


def policy_of(response):
    directives = response.headers["Content-Security-Policy"].split(";")
    return dict(directive.strip().split(" ", 1) for directive in directives)


@good_page
def test_page_is_there(client, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(("address", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_refusal_has_its_status(client, address, status):
    assert client.get(address).status_code == status


@pytest.mark.parametrize(("header", "value"), HEADERS.items())
@every_page
def test_page_sends_header(client, address, header, value):
    assert client.get(address).headers.get(header) == value


@every_page
def test_page_allows_no_inline_code_and_no_frame(client, address):
    policy = policy_of(client.get(address))
    assert {name: policy.get(name) for name in POLICY} == POLICY
    assert "unsafe" not in str(policy)
    assert "http:" not in str(policy)
    assert "https:" not in str(policy)


@every_page
def test_page_holds_no_inline_code(client, address):
    page = read(client, address)
    assert page.all("style") == []
    assert page.attribute("style") == []
    assert [s for s in page.all("script") if "src" not in s] == []
    assert [name for _tag, a in page.tags for name in a if name.startswith("on")] == []


@every_page
def test_page_loads_nothing_from_elsewhere(client, address):
    page = read(client, address)
    loaded = page.attribute("src") + page.attribute("srcset") + page.attribute("action")
    loaded += [link["href"] for link in page.all("link")]
    assert [a for a in loaded if not a.startswith("/") or a.startswith("//")] == []


@every_page
def test_links_elsewhere_say_nothing_of_where_from(client, address):
    links = [a for a in read(client, address).all("a") if a.get("href", "").startswith("http")]
    assert [a["href"] for a in links if "noreferrer" not in a.get("rel", "")] == []


@reading_page
def test_reading_sets_no_cookie(client, address):
    assert not client.get(address).cookies


@every_page
def test_way_out_is_on_the_page(client, address):
    ways_out = [a for a in read(client, address).all("a") if "leave" in a.get("class", "").split()]
    assert [a["href"] for a in ways_out] == ["/leave/"]


@every_page
def test_title_is_neutral(client, address):
    (title,) = read(client, address).texts["title"]
    assert title.strip().endswith(settings.SITE_NAME)
    assert [word for word in TELLING_WORDS if re.search(rf"\b{word}", title, re.IGNORECASE)] == []


@every_page
def test_page_has_one_heading_that_says_what_it_is(client, address):
    (heading,) = read(client, address).texts["h1"]
    assert heading.strip()


@every_page
def test_page_names_its_language(client, address):
    (html,) = read(client, address).all("html")
    assert html["lang"] == "en"


@guided_page
def test_guided_page_is_light(client, address):
    response = client.get(address)
    page = Elements(response.content.decode())
    assets = [s["src"] for s in page.all("script")]
    assets += [link["href"] for link in page.all("link") if "stylesheet" in link["rel"]]
    assert assets
    weight = len(gzip.compress(response.content)) + sum(map(compressed_size, assets))
    assert weight <= GUIDED_PAGE_BYTES


def compressed_size(address):
    """The bytes of a static file as a server that knows only gzip sends it."""
    path = finders.find(address.removeprefix(settings.STATIC_URL))
    with open(path, "rb") as file:
        return len(gzip.compress(file.read()))


@guided_page
def test_guided_page_asks_the_database_little(client, address, django_assert_max_num_queries):
    """While the city's directory is in memory: it is read anew when the city changes."""
    client.get(address)
    with django_assert_max_num_queries(GUIDED_PAGE_QUERIES):
        client.get(address)
