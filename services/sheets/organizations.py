"""The names of organisations that a person may choose, as they are written, for the names in a file."""

from services import scopes
from services.models import Organization

#: SQLite refuses a query that names a thousand rows one by one.
AT_ONCE = 500


class Organizations:
    """Name in small letters -> name; looked up for all names of a file at once.

    A network has a million of them: they are read one by one and none is kept but those in the file.
    Small letters are Python's, as those of a database know no umlauts.
    """

    def __init__(self, standing):
        self._standing = standing
        self._asked, self._found = {""}, {}

    def expect(self, names):
        """Look these up; two queries for some hundred that are found."""
        wanted = {name.strip().casefold() for name in names} - self._asked
        if not wanted:
            return
        self._asked |= wanted
        rows = Organization.objects.order_by("name").values_list("pk", "name")
        alike = [pk for pk, name in rows.iterator(2_000) if name.casefold() in wanted]
        for start in range(0, len(alike), AT_ONCE):
            may_know = scopes.organizations(self._standing).filter(
                pk__in=alike[start : start + AT_ONCE]
            )
            names = may_know.order_by("name").values_list("name", flat=True)
            self._found |= {name.casefold(): name for name in names}

    def get(self, small, default):
        """The name that is written so in small letters, else the default."""
        self.expect([small])
        return self._found.get(small, default)
