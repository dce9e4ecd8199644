"""A server with a certificate of its own making, on this machine, for what the site sends out."""

import contextlib
import datetime
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAMES = ["localhost", "hooks.partner.example"]


def make_certificate(folder, names=NAMES):
    """(certificate, key) as files: it signs itself, and is good for these names."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tests")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=3650))
        .not_valid_after(now + datetime.timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


class Receiver:
    """What a server received, and what it is to answer.

    `answer` is a status, or a function of the request handler for everything stranger.
    """

    def __init__(self):
        self.requests = []
        self.answer = 204
        self.port = None

    def url(self, path="/hook", host="localhost"):
        return f"https://{host}:{self.port}{path}"


class _Handler(BaseHTTPRequestHandler):
    def handle_any(self):
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        receiver.requests.append((self.command, self.path, self.headers, body))
        if callable(receiver.answer):
            with contextlib.suppress(OSError):  # The other side has had enough.
                receiver.answer(self)
            return
        self.send_response(receiver.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = handle_any  # noqa: N815 - named so by the library

    def log_message(self, *_args):
        """Nothing on the screen."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    context = None

    def finish_request(self, request, client_address):
        """On the thread of the request: a handshake that fails is the other side's affair."""
        with (
            contextlib.suppress(OSError),
            self.context.wrap_socket(request, server_side=True) as secure,
        ):
            super().finish_request(secure, client_address)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def receiver(certificate, monkeypatch):
    """A `Receiver` behind a running server whose certificate is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.context, server.receiver = context, Receiver()
    server.receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.receiver
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def loopback_is_public(monkeypatch):
    """The addresses of this machine pass for public ones: the only thing that is pretended."""
    monkeypatch.setattr(
        "services.outbound.is_public", lambda address: address in ("127.0.0.1", "::1")
    )
