"""Asks the site in this container whether it answers: the exit code is 0 if it does."""

import http.client
import os
import sys

SECONDS = 5


def answers(port, host):
    """Whether `/healthz` says 200 to a host that the site answers to."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    sys.exit(not answers(int(os.environ.get("PORT", "8000")), host))
