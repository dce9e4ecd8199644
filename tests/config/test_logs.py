"""Logs and error reports say where something broke, never what somebody typed."""

import io
import logging

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import include, path, reverse
from django.utils.log import AdminEmailHandler

from config.log_lines import FORMATS, JsonLine
from config.logs import SECRETS_FOLLOW

CANARY = "canary-4711"


def breaks(request):
    """A view that fails with what was typed in its message, twice over."""
    typed = request.POST["answer"]
    try:
        return int(typed)
    except ValueError as error:
        raise RuntimeError(f"cannot use {typed}") from error


urlpatterns = [path("breaks/", breaks), path("", include("config.urls"))]


@pytest.fixture(params=FORMATS)
def log(request, monkeypatch):
    """What the site's own handlers write, in either format."""
    stream = io.StringIO()
    console = next(h for h in logging.getLogger().handlers if h.name == "console")
    monkeypatch.setattr(console, "stream", stream)
    if request.param == "json":
        monkeypatch.setattr(console, "formatter", JsonLine())
    return stream


@pytest.mark.parametrize("name", ["django.server", "gunicorn.access", "django.request", "services"])
@pytest.mark.parametrize(
    "line",
    [
        f'"GET /brussels/services/?search={CANARY} HTTP/1.1" 200 512',
        f'"GET /brussels/services/?search=a\'b"c{CANARY} HTTP/1.1" 200 512',
        f"code 400, message Bad request syntax ('GET /?search=a {CANARY} HTTP/1.1')",
        f'"GET /brussels/services/ HTTP/1.1" 200 5 "https://site.example/?search={CANARY}" "Browser"',
        f"Not Found: /brussels/services/?search={CANARY}",
    ],
)
def test_query_never_reaches_the_log(log, name, line):
    logging.getLogger(name).warning("%s", line)
    assert "/" in log.getvalue()
    assert CANARY not in log.getvalue()


def test_path_and_status_stay_in_the_log(log):
    logging.getLogger("django.server").warning('"%s" %s', "GET /brussels/?a=b HTTP/1.1", 200)
    assert '"GET /brussels/ HTTP/1.1" 200' in log.getvalue().replace('\\"', '"')


@pytest.mark.parametrize("name", ["django.server", "gunicorn.access", "django.request"])
@pytest.mark.parametrize("start", SECRETS_FOLLOW)
@pytest.mark.parametrize("line", ['"GET {} HTTP/1.1" 302 0', "GET {} 302 0 bytes 5 ms", "Gone: {}"])
def test_secret_in_a_path_never_reaches_the_log(log, name, start, line):
    logging.getLogger(name).warning("%s", line.format(f"{start}b-{CANARY}/"))
    assert f"{start}***" in log.getvalue()
    assert CANARY not in log.getvalue()
    # With a space before it: a moment may hold the same figures.
    assert (" 302 " in line) == (" 302 " in log.getvalue())


def test_routes_whose_paths_hold_a_secret_are_cut():
    for name, arguments in (
        ("invitation-link", [CANARY]),
        ("account_reset_password_from_key", ["1", CANARY]),
    ):
        assert reverse(name, args=arguments).startswith(SECRETS_FOLLOW)


@pytest.mark.parametrize(
    "refused",
    [
        f"Invalid HTTP Header: 'Cookie guide={CANARY}'",
        f"Invalid Request Line '{CANARY}'",
        f"Invalid HTTP Header: 'x'\nCookie: {CANARY}",
    ],
)
def test_refused_request_is_one_line_without_its_sender_and_words(log, refused):
    logging.getLogger("gunicorn.error").warning(f"Invalid request from ip=192.0.2.7: {refused}")
    assert "A request that cannot be read was refused." in log.getvalue()
    assert CANARY not in log.getvalue()
    assert "192.0.2.7" not in log.getvalue()


@pytest.mark.parametrize("name", ["gunicorn.access", "django.request"])
@pytest.mark.parametrize("break_", ["\n", "\r", "\x1b[2K", "\x85", "\u2028", "\u202e", "\0"])
def test_request_cannot_write_a_line_of_its_own(log, name, break_):
    logging.getLogger(name).warning("%s", f"GET /x/{break_}FAKE 404 5 bytes")
    (line,) = log.getvalue().splitlines()
    assert break_ not in line
    assert "GET /x/\\" in line
    assert "FAKE 404 5 bytes" in line


def test_letters_of_every_language_stay_readable(log):
    logging.getLogger("gunicorn.access").warning("%s", "GET /málaga/ 404")
    assert "/málaga/ 404" in log.getvalue()


def test_unknown_host_is_one_line_without_the_host(client, log):
    client.get(f"/about/privacy/?a={CANARY}", headers={"host": f"{CANARY}.example"})
    lines = [line for line in log.getvalue().splitlines() if "django.security" in line]
    assert len(lines) == len(log.getvalue().splitlines()) == 1
    assert "Refused (DisallowedHost): /about/privacy/" in lines[0]
    assert CANARY not in log.getvalue()


def test_refused_form_does_not_tell_where_it_came_from(log):
    browser = Client(enforce_csrf_checks=True)
    browser.post("/admin/login/", headers={"origin": f"https://{CANARY}.example"})
    assert "Refused (csrf): /admin/login/" in log.getvalue()
    assert CANARY not in log.getvalue()


@pytest.mark.urls(__name__)
class TestBrokenPage:
    @pytest.fixture
    def answer(self, client, log):
        client.raise_request_exception = False
        return client.post(f"/breaks/?search={CANARY}", {"answer": CANARY})

    def test_log_says_where(self, answer, log):
        assert "test_logs.py" in log.getvalue()
        assert "RuntimeError" in log.getvalue()
        assert "ValueError" in log.getvalue()

    def test_log_does_not_say_what(self, answer, log):
        assert CANARY not in log.getvalue()

    def test_page_offers_help_and_a_way_home(self, answer):
        page = answer.content.decode()
        assert answer.status_code == 500
        assert 'href="tel:112"' in page
        assert 'href="/"' in page
        assert 'href="/leave/"' in page
        assert CANARY not in page

    def test_page_is_not_kept(self, answer):
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("as_html", [False, True])
def test_mailed_error_report_holds_places_only(settings, as_html):
    settings.ADMINS = [("Operator", "operator@site.example")]
    request = RequestFactory().post(f"/breaks/?search={CANARY}", {"answer": CANARY})
    request.COOKIES["guide"] = CANARY
    logger = logging.Logger("mailing")
    logger.addHandler(AdminEmailHandler(include_html=as_html))
    try:
        breaks(request)
    except RuntimeError:
        logger.exception("Internal Server Error: %s", request.path, extra={"request": request})
    (message,) = mail.outbox
    report = message.subject + message.body + str(message.alternatives)
    assert "RuntimeError" in report
    assert "test_logs.py" in report
    assert CANARY not in report


def test_statements_of_the_database_are_never_logged(log):
    logging.getLogger("django.db.backends").error(CANARY)
    assert CANARY not in log.getvalue()
    assert settings.LOGGING["loggers"]["django.db.backends"]["handlers"] == []
