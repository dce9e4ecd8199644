"""The guard of tests/conftest.py: nothing leaves this machine."""

import socket
import urllib.request

import pytest

from tests.conftest import NetworkUsedError


@pytest.mark.parametrize("address", ["192.0.2.1", "directory.example"])
def test_another_machine_cannot_be_reached(address):
    with pytest.raises(NetworkUsedError):
        urllib.request.urlopen(f"http://{address}/", timeout=1)


@pytest.mark.parametrize("act", ["connect", "connect_ex"])
def test_a_bare_socket_cannot_reach_another_machine(act):
    with socket.socket() as bare, pytest.raises(NetworkUsedError):
        getattr(bare, act)(("192.0.2.1", 80))


def test_this_machine_can_be_reached():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=2) as client,
    ):
        assert client.getpeername() == server.getsockname()
