"""A program of its own that a test kills: back up, or restore, the database named on the command line."""

import json
import sys
from pathlib import Path

from operations.backup import age, making, manifest, restoring
from operations.backup.postgresql import PostgreSQL
from operations.backup.sqlite import SQLite


class Migration:
    replaces = ()


def main(act, where, folder, key):
    where = json.loads(where)
    database = SQLite(where) if isinstance(where, str) else PostgreSQL(where)
    if act == "back up":
        making.make(database, Path(folder), key, keep=3)
    else:
        # Without loading every app of the site: there would be little else to kill.
        code = {("operations", "0001_initial"): Migration}
        manifest._migrations_of_this_code = lambda: code
        restoring.restore(database, Path(folder), age.identities(key), replace=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
