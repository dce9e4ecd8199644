"""The mail server is asked as the site would ask it, and nothing is sent."""

import socket

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from operations.doctor import mail
from tests.operations.doctor.seen import found, levels, unseen


class Nothing:
    """Takes no mail: the doctor sends none."""

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  (aiosmtpd's name)
        raise AssertionError("The doctor sent a mail.")


def authenticate(_server, _session, _envelope, _mechanism, data):
    return AuthResult(success=data.password == b"right", handled=False)


@pytest.fixture
def server(settings):
    controller = Controller(
        Nothing(),
        hostname="127.0.0.1",
        port=0,
        authenticator=authenticate,
        auth_require_tls=False,
    )
    # The library connects to its own port to see whether it is there; 0 is chosen by the system.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        controller.port = free.getsockname()[1]
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield settings
    controller.stop(no_assert=True)


def test_a_server_that_answers(server):
    assert found("D10") == []


def test_name_and_password_are_tried(server):
    server.EMAIL_HOST_USER, server.EMAIL_HOST_PASSWORD = "guide", "right"
    assert found("D10") == []
    server.EMAIL_HOST_PASSWORD = "zqx-wrong"
    [(level, what)] = found("D10")
    assert level == "fault"
    assert "refuses name or password" in what
    assert "zqx" not in what


def test_tls_that_is_not_offered(server):
    server.EMAIL_USE_TLS = True
    assert "does not offer this TLS" in found("D10")[0][1]


def test_no_server_there(server):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server.EMAIL_PORT = free.getsockname()[1]
    assert "Connection refused" in found("D10")[0][1]


def test_a_server_that_says_nothing_is_not_waited_for(server, monkeypatch):
    monkeypatch.setattr(mail, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server.EMAIL_PORT = silent.getsockname()[1]
        assert levels("D10") == ["fault"]


def test_mail_that_stays_here_is_not_asked_about(settings):
    assert "does not leave" in unseen("D10")


@pytest.mark.parametrize("address", ["no-reply@localhost", "Guide <guide@localhost.localdomain>"])
def test_a_sender_on_this_machine(production, address):
    assert found("D11") == []
    production.DEFAULT_FROM_EMAIL = address
    assert levels("D11") == ["fault"]


def test_mail_in_the_clear(production):
    production.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    production.EMAIL_HOST, production.EMAIL_USE_TLS = "mail.example.org", False
    assert levels("D12") == ["fault"]
    production.EMAIL_USE_TLS = True
    assert found("D12") == []
    production.EMAIL_HOST, production.EMAIL_USE_TLS = "localhost", False
    assert found("D12") == []
