"""Leave now: a plain link that forgets everything and opens another site."""

import pytest
from django.test import Client

# A session, if there is one, ends on the server too.
pytestmark = pytest.mark.django_db

ANYBODYS_COOKIES = ["guide", "csrftoken", "language", "sessionid"]


@pytest.fixture
def visitor():
    visitor = Client(enforce_csrf_checks=True)
    for name in ANYBODYS_COOKIES:
        visitor.cookies[name] = "something"
    return visitor


@pytest.mark.parametrize("method", ["get", "post"])
def test_leaving_opens_another_site(visitor, method, settings):
    settings.LEAVE_URL = "https://weather.example/"
    response = getattr(visitor, method)("/leave/")
    assert response.status_code == 302
    assert response.headers["Location"] == "https://weather.example/"


@pytest.mark.parametrize("name", ANYBODYS_COOKIES)
def test_leaving_deletes_every_cookie(visitor, name):
    cookie = visitor.get("/leave/").cookies[name]
    assert cookie.value == ""
    assert cookie["max-age"] == 0


def test_leaving_deletes_the_answers_even_if_the_browser_hid_them(client):
    assert client.get("/leave/").cookies["guide"]["max-age"] == 0


def test_leaving_clears_what_the_browser_stored(client):
    assert client.get("/leave/").headers["Clear-Site-Data"] == '"cache", "storage"'


def test_leaving_is_kept_nowhere(client):
    assert client.get("/leave/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "address", ["/about/privacy/", "/no/such/page/"], ids=["page", "unknown page"]
)
class TestOnEveryPage:
    def test_link_comes_second_for_the_keyboard(self, client, address, db):
        page = client.get(address).content.decode()
        links = page.split("<a ")[1:3]
        assert 'class="skip"' in links[0]
        assert 'class="leave" href="/leave/"' in links[1]

    def test_page_says_that_history_remains(self, client, address, db):
        assert "does not erase the history" in client.get(address).content.decode()

    def test_page_names_the_keys(self, client, address, db):
        assert "press Shift three times" in client.get(address).content.decode()

    def test_page_links_to_the_page_on_traces(self, client, address, db):
        assert 'href="/about/privacy/"' in client.get(address).content.decode()
