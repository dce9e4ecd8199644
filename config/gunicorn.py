"""How the site is served: `gunicorn --config config/gunicorn.py`.

Every setting of gunicorn's may be given by `GUNICORN_CMD_ARGS` or, for the number of
processes, by `WEB_CONCURRENCY`. Why each value: docs/operators.md, “Serving”.
"""

import contextlib
import gc
import http.client
import logging
import os
import shutil
import socket
import struct
import tempfile
import threading
import time
from pathlib import Path

from config import log_lines

HEALTH_PATH = "/healthz"
#: Asked by the machine every few seconds: no line for each.
PROBES = (HEALTH_PATH, "/readyz")
METRICS_PATH = "/metrics"


class WithoutHealthChecks(logging.Filter):
    """Leaves out the machine's own questions, asked every few seconds: a refused one for metrics stays."""

    def filter(self, record):
        atoms = record.args if isinstance(record.args, dict) else {}
        asked_well = atoms.get("U") == METRICS_PATH and str(atoms.get("s")) == "200"
        return atoms.get("U") not in PROBES and not asked_well


class StalledClients(logging.Filter):
    """A client that stalls is one line, not the trace of an error: it must not fill the log."""

    def filter(self, record):
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, BlockingIOError):
            record.msg, record.args = "A client stalled and was left.", ()
            record.levelno, record.levelname = logging.INFO, "INFO"
            record.exc_info = None
        return True


wsgi_app = "config.wsgi:application"
bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
threads = 4
# Loaded once, before workers are made: they share its memory, and a new one answers at once.
preload_app = True
# Less than the ten seconds that Docker waits before it kills.
graceful_timeout = 8
# Longer than the minute for which nginx keeps a connection, so that it never writes to a closed one.
keepalive = 75
#: The longest search by address fits; by POST there is more room.
limit_request_line = 8190
#: Browsers send some twenty, proxies add a few.
limit_request_fields = 64
# A heartbeat that waits for a full or slow disk looks like a worker that hangs.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
# Nobody needs to steer a running server by a file in somebody's home.
control_socket_disable = True
#: How long a thread waits for the next bytes of a request, and for a client to take an answer.
CLIENT_SECONDS = 10

#: Method, path, status, size and time. No query string, address, referrer or browser: who
#: looked for what must not be found in a log (docs/privacy.md).
access_log_format = "%(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"
accesslog = "-"
loglevel = os.environ.get("LOG_LEVEL", "warning").lower()
logconfig_dict = log_lines.console(os.environ.get("LOG_FORMAT", "line").strip().lower())
logconfig_dict["filters"] |= {
    "without_health_checks": {"()": WithoutHealthChecks},
    "stalled_clients": {"()": StalledClients},
}
logconfig_dict |= {
    "version": 1,
    "disable_existing_loggers": False,
    "root": {"level": "WARNING", "handlers": ["console"]},
    "loggers": {
        "gunicorn.error": {
            "level": loglevel.upper(),
            "handlers": ["console"],
            "filters": ["stalled_clients"],
            "propagate": False,
        },
        "gunicorn.access": {
            "level": "INFO",
            "handlers": ["console"],
            "filters": ["without_health_checks"],
            "propagate": False,
        },
    },
}


#: What `make run` says when it is ready, until a worker has taken it.
_message = []
#: How the folders are called in which workers count, and in which one leaves what it has read for the
#: others (`services.shared`); the number of the server's process follows.
_COUNTS, _SHARED = "waymark-counts-", "waymark-shared-"
#: A container has 64 megabytes of memory for files unless it was given more: then they lie on the disk.
ROOM_FOR_SHARED = 512 * 1024 * 1024


def on_starting(server):
    """Make the folders of the workers, for nobody else's eyes; remove those of servers killed."""
    memory = Path(worker_tmp_dir or tempfile.gettempdir())
    has_room = shutil.disk_usage(memory).free > ROOM_FOR_SHARED
    server.counts = _folder(server, memory, _COUNTS)
    server.shared = _folder(server, memory if has_room else Path(tempfile.gettempdir()), _SHARED)


def _folder(server, where, name):
    """A new folder for the workers of this server, or None."""
    for folder in where.glob(f"{name}*"):
        if not _is_running(folder.name.split("-")[2]):
            shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder = tempfile.mkdtemp(prefix=f"{name}{os.getpid()}-", dir=where)
        os.chown(folder, server.cfg.uid, server.cfg.gid)
        return folder


def _is_running(pid):
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (OSError, ValueError):
        return True
    return True


def on_exit(server):
    """Leave nothing behind."""
    for name in ("counts", "shared"):
        if folder := getattr(server, name, None):
            shutil.rmtree(folder, ignore_errors=True)


def when_ready(server):
    """Keep `READY_MESSAGE` for the first worker, out of the environment of everything started later.

    And what was loaded out of the reach of Python's garbage collection, which would copy it into
    the memory of each worker by looking at it.
    """
    _message.extend(filter(None, [os.environ.pop("READY_MESSAGE", "")]))
    for listener in getattr(server, "LISTENERS", ()):
        limit_waiting(listener.sock)
    gc.collect()
    gc.freeze()


def limit_waiting(listener):
    """Connections taken from this socket inherit how long a thread waits for their other end."""
    seconds = struct.pack("ll", CLIENT_SECONDS, 0)
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        listener.setsockopt(socket.SOL_SOCKET, option, seconds)


def pre_fork(server, worker):
    """Give the worker the first free place: it counts on in the files of who was there before."""
    taken = {other.place for other in server.WORKERS.values()}
    worker.place = min(set(range(len(taken) + 1)) - taken)


def post_fork(server, worker):
    """Let the worker count where the others do, and find what they have read."""
    from operations import meters
    from services import shared

    if counts := getattr(server, "counts", None):
        meters.share(counts, worker.place)
    shared.share(getattr(server, "shared", None))


def post_worker_init(worker):
    """Say the message, if there is one, once the site has answered.

    Not by a thread of the process that starts workers: a lock that it holds in that moment, such as
    that of an import, is held in the worker for ever, which then answers nobody and is never ended.
    """
    if worker.age == 1 and _message:
        threading.Thread(target=_say_when_answering, args=_message, daemon=True).start()


def _say_when_answering(message):
    for _try in range(300):
        if _answers():
            print(message, flush=True)  # noqa: T201  (the last word of `make run`)
            return
        time.sleep(0.1)


def _answers():
    connection = http.client.HTTPConnection(*bind.split(":"), timeout=30)
    try:
        connection.request("GET", HEALTH_PATH)
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
