"""Sketches by column, in a third of their room: what a process keeps of a city and leaves for others.

Texts stand one after the other as UTF-8, and what many listings share stands once. A row is read out
when it is asked for, by the same names as in `services.sketches.Sketch`.
"""

import array
import bisect
import dataclasses
import datetime
import functools
import math
from functools import partial

from services.bits import bits
from services.listing import Place
from services.sketches import Seen, Sketch

#: Texts of a sketch before its names; hardly two listings share one.
_TEXTS = ("slug", "official_name", "organization")
#: Read out in a way of their own; of each other field a value stands once.
_OWN = (*_TEXTS, "id", "names", "last_modified", "place", "criteria")
_SHARED = tuple(f.name for f in dataclasses.fields(Sketch) if f.name not in _OWN)
_ID_BYTES = 16
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)


class Packed:
    """Some sketches in the order in which they came, which is that of their slugs."""

    def __init__(self, sketches):
        ids, placed, texts = bytearray(), bytearray(), _Texts()
        modified, latitudes, longitudes = array.array("q"), array.array("d"), array.array("d")
        tongues, shared, criteria = _Shared(), {name: _Shared() for name in _SHARED}, {}
        for one in sketches:
            ids += _bytes_of(one.id)
            texts.add(_texts_of(one))
            modified.append((one.last_modified - _EPOCH) // _MICROSECOND)
            placed.append(one.place is not None)
            latitudes.append(_degrees(one.place, "latitude"))
            longitudes.append(_degrees(one.place, "longitude"))
            tongues.add(tuple((code, stands) for code, _name, stands in one.names))
            for name, column in shared.items():
                column.add(getattr(one, name))
            for code in one.criteria.keys() - criteria.keys():
                criteria[code] = _Shared([None] * (len(modified) - 1))
            for code, column in criteria.items():
                column.add(one.criteria.get(code))
        self.ids, self.texts, self.modified = bytes(ids), texts.ready(), modified
        self.placed, self.latitudes, self.longitudes = bytes(placed), latitudes, longitudes
        self.tongues = tongues.ready()
        self.shared = {name: column.ready() for name, column in shared.items()}
        #: Code of a criterion -> what each says of it, or None.
        self.criteria = {code: column.ready() for code, column in criteria.items()}

    def __len__(self):
        return len(self.modified)

    def __getitem__(self, number):
        if not 0 <= number < len(self):
            raise IndexError(number)
        return Row(self, number)

    def __iter__(self):
        return map(partial(Row, self), range(len(self)))

    def number_of(self, pk):
        """The number of the sketch with this id, or None; whatever it is asked for."""
        try:
            key = _bytes_of(pk)
        except ValueError:
            return None
        if len(key) != _ID_BYTES:
            return None
        at = self.ids.find(key)
        while at % _ID_BYTES and at >= 0:
            at = self.ids.find(key, at + 1)
        return None if at < 0 else at // _ID_BYTES

    def numbers(self):
        """Bytes of an id -> number of every sketch: for whoever looks for many."""
        ids = self.ids
        return {ids[n * _ID_BYTES : (n + 1) * _ID_BYTES]: n for n in range(len(self))}

    def some(self, numbers):
        """Those with these numbers."""
        return Some(self, array.array("I", numbers))

    def alike(self, fields, criteria=()):
        """[(the first of them, the numbers of all)] of the sketches in which these fields are the same,
        and what they say of these criteria.
        """
        columns = [self.shared[name] for name in fields]
        columns += [self.criteria[code] for code in criteria if code in self.criteria]
        columns = [column.codes for column in columns if len(column.values) > 1]
        found = {}
        for number, key in enumerate(zip(*columns, strict=True)):
            found.setdefault(key, []).append(number)
        if not columns and self:
            found = {(): range(len(self))}
        return [(Row(self, numbers[0]), numbers) for numbers in found.values()]

    def of_needs(self):
        """Need -> the set (`services.bits`) of those that help with it."""
        found = {}
        for one, same in self.alike(["needs"]):
            for need in one.needs:
                found.setdefault(need, []).extend(same)
        return {need: bits(same, len(self)) for need, same in found.items()}

    def with_slug(self, slug):
        """The sketch with this slug, or None."""
        number = bisect.bisect_left(range(len(self)), slug, key=partial(self.texts.get, place=0))
        found = self[number] if number < len(self) else None
        return found if found and found.slug == slug else None


class Some:
    """Some of these sketches; none is read out before it is asked for."""

    def __init__(self, of, numbers):
        self._of, self._numbers = of, numbers

    def __len__(self):
        return len(self._numbers)

    def __iter__(self):
        return map(partial(Row, self._of), self._numbers)


class Row(Seen):
    """One of them, with the fields of a `Sketch`."""

    __slots__ = ("number", "of")

    def __init__(self, of, number):
        self.of, self.number = of, number

    def __eq__(self, other):
        return isinstance(other, Row) and (self.of, self.number) == (other.of, other.number)

    def __hash__(self):
        return hash((id(self.of), self.number))

    @property
    def id(self):
        start = self.number * _ID_BYTES
        told = self.of.ids[start : start + _ID_BYTES].hex()
        return f"{told[:8]}-{told[8:12]}-{told[12:16]}-{told[16:20]}-{told[20:]}"

    @property
    def names(self):
        texts = self.of.texts.all(self.number)
        official, names = texts[_TEXTS.index("official_name")], texts[len(_TEXTS) :]
        tongues = self.of.tongues.get(self.number)
        return tuple(
            (code, name or official, stands)
            for (code, stands), name in zip(tongues, names, strict=True)
        )

    @property
    def last_modified(self):
        return _EPOCH + self.of.modified[self.number] * _MICROSECOND

    @property
    def criteria(self):
        said = {code: column.get(self.number) for code, column in self.of.criteria.items()}
        return {code: one for code, one in said.items() if one is not None}

    def criterion(self, code):
        column = self.of.criteria.get(code)
        return column and column.values[column.codes[self.number]]

    @property
    def place(self):
        if not self.of.placed[self.number]:
            return None
        latitude, longitude = self.of.latitudes[self.number], self.of.longitudes[self.number]
        return Place(latitude=_or_none(latitude), longitude=_or_none(longitude))


def _bytes_of(pk):
    """Those of an id as it is written; `uuid.UUID` takes ten times as long."""
    return bytes.fromhex(pk.replace("-", ""))


def _text(place):
    return property(lambda row: row.of.texts.get(row.number, place))


def _value(name):
    def value(row):
        column = row.of.shared[name]
        return column.values[column.codes[row.number]]

    return property(value)


for _place, _name in enumerate(_TEXTS):
    setattr(Row, _name, _text(_place))
for _name in _SHARED:
    setattr(Row, _name, _value(_name))


def _texts_of(sketch):
    """The texts of a row; a name that is the official one is not told twice."""
    official = sketch.official_name
    names = ("" if name == official else name for _code, name, _stands in sketch.names)
    return (*(getattr(sketch, name) for name in _TEXTS), *names)


def _degrees(place, name):
    found = getattr(place, name, None)
    return math.nan if found is None else found


def _or_none(number):
    return None if math.isnan(number) else number


class _Texts:
    """Several texts a row, one after the other."""

    def __init__(self):
        self._written, self._ends, self._rows = bytearray(), array.array("I", [0]), array.array("I")

    def add(self, texts):
        self._rows.append(len(self._ends) - 1)
        for text in texts:
            self._written += text.encode()
            self._ends.append(len(self._written))

    def ready(self):
        self._rows.append(len(self._ends) - 1)
        self._written = bytes(self._written)
        return self

    def get(self, row, place):
        at = self._rows[row] + place
        return self._written[self._ends[at] : self._ends[at + 1]].decode()

    def all(self, row):
        return [self.get(row, place) for place in range(self._rows[row + 1] - self._rows[row])]


class _Shared:
    """Values of which each stands once, and the number of its value for each row."""

    def __init__(self, values=()):
        self.values, self.codes = [], array.array("I")
        self._known = {}
        for value in values:
            self.add(value)

    def add(self, value):
        # The reader gives one mapping to all rows that have the same.
        key = id(value) if isinstance(value, dict) else value
        code = self._known.setdefault(key, len(self.values))
        if code == len(self.values):
            self.values.append(value)
        self.codes.append(code)

    def ready(self):
        kind = next(k for k, most in _KINDS if len(self.values) <= most)
        self.values, self.codes = _of_all_cities(self.values), array.array(kind, self.codes)
        del self._known
        return self

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.values = _of_all_cities(self.values)

    def get(self, row):
        return self.values[self.codes[row]]


def _of_all_cities(values):
    """The same values, of which each set of codes stands once for all cities: they hold few kinds of them."""
    return tuple(_one(value) if isinstance(value, frozenset) else value for value in values)


@functools.lru_cache(maxsize=4096)
def _one(codes):
    return codes


#: Types of an array, and how many values they can number.
_KINDS = (("B", 2**8), ("H", 2**16), ("I", 2**32))
