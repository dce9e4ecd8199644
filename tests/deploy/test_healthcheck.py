"""The container asks itself whether the site answers."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy import healthcheck


@pytest.fixture
def site():
    class Handler(BaseHTTPRequestHandler):
        status = 200

        def do_GET(self):
            good = self.path == "/healthz" and self.headers["Host"] == "guide.example.org"
            self.send_response(self.status if good else 400)
            self.end_headers()

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], Handler
        server.shutdown()


def test_a_site_that_answers(site):
    assert healthcheck.answers(site[0], "guide.example.org")


def test_a_site_that_says_no(site):
    site[1].status = 503
    assert not healthcheck.answers(site[0], "guide.example.org")


def test_no_site(site):
    assert not healthcheck.answers(1, "guide.example.org")
