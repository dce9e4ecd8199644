"""How a line of the log looks: plain, or one JSON object. Needs nothing of Django's.

No library writes these objects: those there are put in whatever is attached to a record, and here
nothing may stand that is not named.
"""

import datetime
import json
import logging

FORMATS = ("line", "json")


class JsonLine(logging.Formatter):
    """Time, level, logger and message; of a request what `config.logs.NoContent` lets pass."""

    def format(self, record):
        moment = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        entry = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "access", {}),
        }
        if record.exc_text:
            entry["trace"] = record.exc_text
        return json.dumps(entry, ensure_ascii=False)


def console(kind):
    """The parts of a logging configuration that give a handler named `console`."""
    return {
        "filters": {"no_content": {"()": "config.logs.NoContent"}},
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
            "json": {"()": "config.log_lines.JsonLine"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if kind == "json" else "line",
                "filters": ["no_content"],
            }
        },
    }
