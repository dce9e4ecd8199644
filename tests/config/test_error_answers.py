"""What an error looks like: a page for a reader, problem details for a program."""

import pytest
from django.http import Http404
from django.test import Client
from django.urls import include, path

from config import pages, urls
from services.api.outside import CONTENT_TYPE

pytestmark = pytest.mark.django_db
MOST = 256 * 1024


def breaks(request):
    raise RuntimeError("canary-4711")


def forbids(request):
    return pages.forbidden(request, None)


def reads(request):
    return request.POST and None


def is_missing(request):
    raise Http404


urlpatterns = [
    *[
        path(f"{prefix}{view.__name__}/", view)
        for prefix in ("api/v1/", "")
        for view in (breaks, forbids, reads, is_missing)
    ],
    path("", include("config.urls")),
]
handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def is_problem(response, status, title):
    assert response.status_code == status
    assert response.headers["Content-Type"] == CONTENT_TYPE
    assert response.json() == {"type": "about:blank", "status": status, "title": title}
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/api/v1/plan/", "/api/v1/nothing", "/api/v2/"])
def test_unknown_address_of_the_api_is_a_problem(client, address):
    is_problem(client.get(address), 404, "Not Found")


def test_unknown_host_is_a_problem_for_the_api(client):
    response = client.post("/api/v1/referral-plan", headers={"host": "elsewhere.example"})
    is_problem(response, 400, "Bad Request")


@pytest.mark.urls(__name__)
class TestBrokenViews:
    def test_error_of_the_api_is_a_problem(self, client):
        is_problem(client.get("/api/v1/breaks/"), 500, "Internal Server Error")

    def test_refusal_of_the_api_is_a_problem(self, client):
        is_problem(client.get("/api/v1/forbids/"), 403, "Forbidden")

    def test_form_refusal_of_the_api_is_a_problem(self):
        client = Client(enforce_csrf_checks=True)
        is_problem(client.post("/api/v1/is_missing/", {"a": "b"}), 403, "Forbidden")

    def test_error_elsewhere_is_a_page(self, client):
        response = client.get("/breaks/")
        assert response.status_code == 500
        assert response.headers["Content-Type"].startswith("text/html")
        assert "The fault is ours" in response.content.decode()

    def test_page_of_an_error_needs_nothing_of_the_site(self, client, monkeypatch):
        monkeypatch.setattr(pages, "render", breaks)
        assert "The fault is ours" in client.get("/breaks/").content.decode()

    def test_address_that_only_begins_like_the_api_is_a_page(self, client):
        response = client.get("/apiary/")
        assert response.status_code == 404
        assert response.headers["Content-Type"].startswith("text/html")

    @pytest.mark.parametrize("view", ["reads", "is_missing", "forbids"])
    def test_oversize_body_is_read_before_the_refusal(self, client, view):
        """Else the connection is reset and the sender never hears it."""
        response = client.post(f"/{view}/", {"answer": "x" * (2 * MOST)})
        assert response.status_code in (400, 403, 404)
        assert response.wsgi_request.read(1) == b""


def test_oversize_body_is_read_before_leaving(client):
    response = client.post("/leave/", {"answer": "x" * (2 * MOST)})
    assert response.status_code == 302
    assert response.wsgi_request.read(1) == b""
