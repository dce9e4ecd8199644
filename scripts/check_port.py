"""Stop with one clear line when a port cannot be listened on."""

import socket
import sys


def refusal(text, command="make run"):
    """Why this port will not do; empty when it will. `command` is what to try again."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        return f"PORT is “{text}”: use a number from 1 to 65535."
    with socket.socket() as probe:
        # As the server does: a port that was closed a moment ago may be taken again.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except PermissionError:
            return f"Port {text} is for administrators: choose a higher one, PORT=8001 {command}"
        except OSError:
            return f"Port {text} is in use: choose another one, PORT=8001 {command}"
    return ""


if __name__ == "__main__":
    sys.exit(refusal(sys.argv[1]) or None)
