"""How the site is served: `gunicorn --config config/gunicorn.py`.

Every setting of gunicorn's may be given by `GUNICORN_CMD_ARGS` or, for the number of
processes, by `WEB_CONCURRENCY`.
"""

import http.client
import logging
import os
import threading
import time

HEALTH_PATH = "/healthz"


class WithoutHealthChecks(logging.Filter):
    """Leaves out the machine's own question, asked every few seconds, whether the site answers."""

    def filter(self, record):
        return not isinstance(record.args, dict) or record.args.get("U") != HEALTH_PATH


wsgi_app = "config.wsgi:application"
bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
threads = 4
graceful_timeout = 5
#: The longest search by address fits; by POST there is more room.
limit_request_line = 8190
# Nobody needs to steer a running server by a file in somebody's home.
control_socket_disable = True

#: Method, path, status, size and time. No query string, address, referrer or browser: who
#: looked for what must not be found in a log (docs/privacy.md).
access_log_format = "%(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"
accesslog = "-"
loglevel = os.environ.get("LOG_LEVEL", "warning").lower()
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "root": {"level": "WARNING", "handlers": ["console"]},
    "filters": {
        "no_content": {"()": "config.logs.NoContent"},
        "without_health_checks": {"()": WithoutHealthChecks},
    },
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["no_content"],
        }
    },
    "loggers": {
        "gunicorn.error": {"level": loglevel.upper(), "handlers": ["console"], "propagate": False},
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


def when_ready(server):
    """Keep `READY_MESSAGE` for the first worker, out of the environment of everything started later."""
    _message.extend(filter(None, [os.environ.pop("READY_MESSAGE", "")]))


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
