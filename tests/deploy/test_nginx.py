"""`deploy/nginx.conf` in a real nginx before a site of three lines: limits, headers, what is logged."""

import contextlib
import os
import re
import socket
import ssl
import subprocess
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from config.logs import SECRETS_FOLLOW
from tests.deploy.tools import DEPLOY, program
from tests.https_server import make_certificate

HOST = "guide.example.org"
MAIN = """
daemon off;
pid {folder}/pid;
error_log {folder}/start.log;
{user}
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {more}
    include {folder}/waymark.conf;
}}
"""
#: Takes the visitor's address from a header, so that a test can come from anywhere.
FROM_ANYWHERE = "set_real_ip_from 127.0.0.1; real_ip_header X-Test-Address;"


class Site(BaseHTTPRequestHandler):
    """Says ok, and remembers the headers that came with the last request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    seen = {}

    def do_GET(self):
        Site.seen = dict(self.headers.items())
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_args):
        pass


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """(port, folder of its logs) of an nginx with our file; waiting times are a tenth."""
    folder = tmp_path_factory.mktemp("nginx")
    port = free_port()
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        write_files(folder, port, site.server_address[1])
        nginx = [
            program("nginx"),
            "-p",
            str(folder),
            "-e",
            "stderr",
            "-c",
            str(folder / "main.conf"),
        ]
        tried = subprocess.run([*nginx, "-t"], capture_output=True, text=True)
        assert tried.returncode == 0, tried.stderr
        with subprocess.Popen(nginx, stderr=subprocess.DEVNULL) as server:
            try:
                wait_for(port)
                yield port, folder
            finally:
                server.terminate()
                server.wait(10)
        site.shutdown()


def write_files(folder, port, site_port):
    certificate, key = make_certificate(folder, [HOST])
    text = (DEPLOY / "nginx.conf").read_text()
    text = re.sub(r"\n    listen \[::\].*", "", text)
    for ours, here in (
        ("listen 443", f"listen 127.0.0.1:{port}"),
        ("listen 80", f"listen 127.0.0.1:{free_port()}"),
        ("server 127.0.0.1:8000", f"server 127.0.0.1:{site_port}"),
        ("/etc/ssl/waymark/fullchain.pem", str(certificate)),
        ("/etc/ssl/waymark/key.pem", str(key)),
        ("/var/log/nginx", str(folder)),
        ("timeout 10s", "timeout 1s"),
    ):
        assert ours in text
        text = text.replace(ours, here)
    (folder / "waymark.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "main.conf").write_text(MAIN.format(folder=folder, user=user, more=FROM_ANYWHERE))


def wait_for(port):
    for _tenth in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    pytest.fail("nginx did not start.")


TRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TRUSTING.check_hostname, TRUSTING.verify_mode = False, ssl.CERT_NONE


def connected(port, name=HOST):
    raw = socket.create_connection(("127.0.0.1", port), timeout=10)
    return TRUSTING.wrap_socket(raw, server_hostname=name)


def ask(port, path, address, *headers):
    """The status of one request on a connection of its own."""
    with connected(port) as line:
        head = [f"GET {path} HTTP/1.1", f"Host: {HOST}", f"X-Test-Address: {address}", *headers]
        line.sendall("\r\n".join([*head, "Connection: close", "", ""]).encode())
        return int(line.recv(4096).split()[1])


def flood(port, addresses, path="/"):
    """{status: how often} of as many requests on one connection, sent without waiting."""
    heads = [
        f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Test-Address: {address}\r\n\r\n"
        for address in addresses
    ]
    answer = b""
    with connected(port) as line:
        line.sendall("".join(heads).encode())
        while answer.count(b"HTTP/1.1 ") < len(heads) and (part := line.recv(65536)):
            answer += part
    return Counter(int(status) for status in re.findall(rb"HTTP/1.1 (\d+)", answer))


def logged(folder, count):
    """The lines of the log, when there are so many."""
    for _tenth in range(50):
        lines = (folder / "waymark.log").read_text().splitlines()
        if len(lines) >= count:
            return lines
        time.sleep(0.1)
    return lines


def test_headers_of_a_visitor_are_set_and_never_appended(proxy):
    forged = ("X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: http", "Forwarded: for=192.0.2.1")
    assert ask(proxy[0], "/", "198.51.100.7", *forged, "X-Forwarded-Host: other.example") == 200
    assert Site.seen["X-Forwarded-For"] == "198.51.100.7"
    assert Site.seen["X-Forwarded-Proto"] == "https"
    assert Site.seen["Host"] == HOST
    assert not {"Forwarded", "X-Forwarded-Host"} & set(Site.seen)


def test_the_log_holds_no_query_no_whole_address_and_no_secret(proxy):
    port, folder = proxy
    before = len((folder / "waymark.log").read_text().splitlines())
    asked = [
        ("/brussels/?q=zqx-canary", "198.51.100.7"),
        ("/brussels/", "2001:db8:zqx::1".replace("zqx", "77")),
        ("/", "2001:db8::5"),
        *((f"{path}zqx-secret/", "203.0.113.9") for path in SECRETS_FOLLOW),
    ]
    for path, address in asked:
        assert ask(port, path, address, "Referer: https://zqx.example/", "User-Agent: zqx") == 200
    lines = logged(folder, before + len(asked))[before:]
    assert len(lines) == len(asked)
    assert "zqx" not in "\n".join(lines)
    assert " 198.51.100.0 GET /brussels/ 200 " in lines[0]
    assert " 2001:db8:: GET " in lines[1]
    assert not any(address in "\n".join(lines) for _path, address in asked)
    assert (folder / "waymark-error.log").read_text() == ""


def test_a_flood_from_one_address_is_cut_and_others_are_served(proxy):
    port, folder = proxy
    counts = flood(port, ["203.0.113.77"] * 400)
    assert counts[200] >= 100
    assert counts[429] >= 100
    assert ask(port, "/", "203.0.113.78") == 200
    assert "203.0.113.77" not in (folder / "waymark-error.log").read_text()


def test_a_line_of_ipv6_counts_as_one_visitor(proxy):
    port, _folder = proxy
    counts = flood(port, [f"2001:db8:1:1::{number:x}" for number in range(1, 401)])
    assert counts[429] >= 100
    assert ask(port, "/", "2001:db8:1:2::1") == 200


def test_who_sends_a_request_slowly_is_left(proxy):
    with connected(proxy[0]) as line:
        line.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n".encode())
        started = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() - started < 8 and line.recv(1024):
                pass
        assert time.monotonic() - started < 5


def test_probes_are_answered_to_this_machine_without_limit_or_line(proxy):
    port, folder = proxy
    before = (folder / "waymark.log").read_text()
    assert ask(port, "/healthz", "203.0.113.5") == 403
    assert flood(port, ["127.0.0.1"] * 400, "/healthz") == {200: 400}
    assert (folder / "waymark.log").read_text() == before


def test_other_names_get_no_certificate(proxy):
    with pytest.raises((ssl.SSLError, ConnectionError)):
        connected(proxy[0], "other.example.org").close()
