"""What every answer of the site tells browsers, proxies and search engines."""

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

EVERY_KIND = {
    "page": "/about/privacy/",
    "unknown page": "/no/such/page/",
    "redirect": "/leave/",
    "plain text": "/healthz",
    "back office": "/admin/login/",
}
every_kind = pytest.mark.parametrize("address", EVERY_KIND.values(), ids=EVERY_KIND.keys())


@every_kind
def test_nothing_is_kept(client, address):
    assert "no-store" in client.get(address).headers["Cache-Control"]


@every_kind
def test_no_site_is_told_where_a_reader_came_from(client, address):
    assert client.get(address).headers["Referrer-Policy"] == "no-referrer"


@every_kind
def test_answers_differ_by_language_and_choice(client, address):
    vary = client.get(address).headers["Vary"]
    assert "Accept-Language" in vary
    assert "Cookie" in vary


def test_static_files_may_be_kept(client):
    response = client.get("/static/site.css")
    assert response.status_code == 200
    assert "no-store" not in response.headers["Cache-Control"]
    response.close()


def test_missing_static_file_is_not_kept(client):
    response = client.get("/static/no-such-file.css")
    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_page_may_be_listed_by_search_engines(client):
    assert client.get("/about/privacy/").headers["X-Robots-Tag"] == "all"


@pytest.mark.parametrize(
    "address",
    [
        "/about/privacy/?lang=fr",
        "/no/such/page/",
        "/leave/",
        "/admin/login/",
        "/healthz",
        "/readyz",
    ],
)
def test_everything_else_stays_out_of_search_engines(client, address):
    assert client.get(address).headers["X-Robots-Tag"] == "noindex"


def test_unknown_host_gets_a_page_that_is_not_kept(client):
    response = client.get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert response.headers["Cache-Control"] == "no-store"
    assert "start page" in response.content.decode()


def test_privacy_page_names_the_server_of_the_map(client, settings):
    assert "loads anything from another site" in client.get("/about/privacy/").content.decode()
    settings.TILE_URL = "https://tiles.example/{z}/{x}/{y}.png"
    page = client.get("/about/privacy/").content.decode()
    assert "from tiles.example" in page
    assert "loads anything from another site" not in page


def test_unknown_page_leads_to_the_start(client):
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert 'href="/"' in response.content.decode()


class TestForms:
    """Browsers post with `Origin: null` from a site that sends no referrer."""

    @pytest.fixture
    def browser(self):
        browser = Client(enforce_csrf_checks=True)
        browser.get("/accounts/login/")
        return browser

    def post(self, browser, *, token=None, **headers):
        token = browser.cookies["csrftoken"].value if token is None else token
        data = {"login": "nobody@example.org", "password": "wrong", "csrfmiddlewaretoken": token}
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return browser.post("/accounts/login/", data, headers=headers)

    def test_own_form_is_taken(self, browser):
        response = self.post(browser, origin="null", sec_fetch_site="same-origin")
        assert response.status_code == 200

    def test_own_form_of_an_older_browser_is_taken(self, browser):
        assert self.post(browser, origin="null").status_code == 200

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
    def test_form_of_another_site_is_refused(self, browser, site):
        response = self.post(browser, origin="null", sec_fetch_site=site)
        assert response.status_code == 403

    def test_form_of_a_named_other_site_is_refused(self, browser):
        assert self.post(browser, origin="https://elsewhere.example").status_code == 403

    def test_form_without_its_token_is_refused_in_words(self, browser):
        response = self.post(browser, token="", origin="null")
        assert response.status_code == 403
        assert "too old to send" in response.content.decode()
