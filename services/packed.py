"""Sketches by column, in a third of their room: what a process keeps of a city and leaves for others.

Texts stand one after the other as UTF-8, and what many listings share stands once. A row is read out
when it is asked for, by the same names as in `services.sketches.Sketch`.
"""

import array
import bisect
import dataclasses
import datetime
import functools
import itertools
import math
from functools import partial

from services.bits import bits
from services.listing import Place
from services.projection import name_in
from services.sketches import Seen, Sketch

#: Texts of a sketch before its names; hardly two listings share one.
_TEXTS = ("slug", "official_name", "organization")
#: Read out in a way of their own; of each other field a value stands once.
_OWN = (*_TEXTS, "id", "names", "last_modified", "holds_until", "place", "criteria")
_SHARED = tuple(f.name for f in dataclasses.fields(Sketch) if f.name not in _OWN)
_ID_BYTES = 16
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)
#: Columns of plain numbers, one for each sketch.
_PLAIN = ("modified", "until", "placed", "latitudes", "longitudes")
#: In a column of moments: none.
_NEVER = 2**63 - 1


class Packed:
    """Some sketches in the order in which they came, which is that of their slugs."""

    def __init__(self, sketches=()):
        self._begin()
        for one in sketches:
            self._add(one)
        self._end()

    def renewed(self, stay, sketches):
        """These as far as their numbers, in order, are among `stay`, and some others at the places of their slugs.

        What stays is copied by column: a hundredth of the time that reading it takes.
        """
        made = Packed.__new__(Packed)
        made._begin(self)
        made.replaced += len(sketches)
        at = 0
        slug_of = partial(self.texts.get, place=0)
        for one in sorted(sketches, key=lambda one: one.slug):
            to = bisect.bisect_left(stay, one.slug, lo=at, key=slug_of)
            made._copy(self, stay[at:to])
            made._add(one)
            at = to
        made._copy(self, stay[at:])
        made._end()
        return made

    def _begin(self, before=None):
        #: How many were put in the place of others since all were read at once.
        self.replaced = before.replaced if before else 0
        #: When that was, as the columns have moments; and when the last of them was read.
        self.whole_at = before.whole_at if before else None
        self.read_at = None
        self.ids, self.placed, self.texts = bytearray(), bytearray(), _Texts()
        self.modified, self.until = array.array("q"), array.array("q")
        self.latitudes, self.longitudes = array.array("d"), array.array("d")
        self.tongues = before.tongues.none_yet() if before else _Shared()
        self.shared = {
            name: before.shared[name].none_yet() if before else _Shared() for name in _SHARED
        }
        #: Code of a criterion -> what each says of it, or None.
        criteria = before.criteria if before else {}
        self.criteria = {code: column.none_yet() for code, column in criteria.items()}

    def _add(self, one):
        self.ids += bytes_of(one.id)
        self.texts.add(_texts_of(one))
        self.modified.append(microseconds(one.last_modified))
        self.until.append(_NEVER if one.holds_until is None else microseconds(one.holds_until))
        self.placed.append(one.place is not None)
        self.latitudes.append(_degrees(one.place, "latitude"))
        self.longitudes.append(_degrees(one.place, "longitude"))
        self.tongues.add(tuple((code, stands) for code, _name, stands in one.names))
        for name, column in self.shared.items():
            column.add(getattr(one, name))
        for code in one.criteria.keys() - self.criteria.keys():
            self.criteria[code] = _Shared([None] * (len(self) - 1))
        for code, column in self.criteria.items():
            column.add(one.criteria.get(code))

    def _copy(self, other, numbers):
        for start, stop in runs(numbers):
            self.ids += other.ids[start * _ID_BYTES : stop * _ID_BYTES]
            self.texts.copy(other.texts, start, stop)
            for name in _PLAIN:
                column = getattr(self, name)
                column += getattr(other, name)[start:stop]
            self.tongues.copy(other.tongues, start, stop)
            for name, column in self.shared.items():
                column.copy(other.shared[name], start, stop)
            for code, column in self.criteria.items():
                column.copy(other.criteria.get(code), start, stop)

    def _end(self):
        self.ids, self.placed = bytes(self.ids), bytes(self.placed)
        for column in (self.texts, self.tongues, *self.shared.values(), *self.criteria.values()):
            column.ready()
        self.read_at = microseconds(datetime.datetime.now(datetime.UTC))
        if self.whole_at is None:
            self.whole_at = self.read_at

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
            key = bytes_of(pk)
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

    def points(self):
        """(latitude, longitude) of each to measure from; not a number where nobody may, or it is not known."""
        secret = self.shared["confidential"]
        for number, point in enumerate(zip(self.latitudes, self.longitudes, strict=True)):
            yield (math.nan, math.nan) if secret.get(number) else point

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

    def name_in(self, language):
        """As of a `Sketch`, by reading that name alone."""
        place = _place_of_name(self.of.tongues.get(self.number), language)
        return (place and self.of.texts.get(self.number, place)) or self.official_name

    @property
    def last_modified(self):
        return _EPOCH + self.of.modified[self.number] * _MICROSECOND

    @property
    def holds_until(self):
        until = self.of.until[self.number]
        return None if until == _NEVER else _EPOCH + until * _MICROSECOND

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


def bytes_of(pk):
    """Those of an id as it is written; `uuid.UUID` takes ten times as long."""
    return bytes.fromhex(pk.replace("-", ""))


def microseconds(moment):
    """A moment as a whole number, as the columns have it."""
    return (moment - _EPOCH) // _MICROSECOND


@functools.lru_cache(maxsize=1024)
def _place_of_name(tongues, language):
    """Among the texts of a row: the name to show in a language."""
    places = enumerate(tongues, start=len(_TEXTS))
    return name_in([(code, place, stands) for place, (code, stands) in places], language)


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

    def copy(self, other, start, stop):
        """The texts of some rows that stand one after the other there."""
        first, last = other._rows[start], other._rows[stop]
        further, begin = len(self._ends) - 1 - first, other._ends[first]
        on = len(self._written) - begin
        self._rows.extend(row + further for row in other._rows[start:stop])
        self._written += other._written[begin : other._ends[last]]
        self._ends.extend(end + on for end in other._ends[first + 1 : last + 1])

    def ready(self):
        self._rows.append(len(self._ends) - 1)
        self._written = bytes(self._written)

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

    def none_yet(self):
        """One without rows in which the same values have the same numbers."""
        made = _Shared()
        made.values = list(self.values)
        made._known = {_key(value): code for code, value in enumerate(self.values)}
        return made

    def add(self, value):
        code = self._known.setdefault(_key(value), len(self.values))
        if code == len(self.values):
            self.values.append(value)
        self.codes.append(code)

    def copy(self, other, start, stop):
        """The rows from here to there of the one that this began as, or None of each where that was none."""
        if other is None:
            for _row in range(start, stop):
                self.add(None)
        else:
            self.codes.extend(array.array("I", other.codes[start:stop]))

    def ready(self):
        kind = next(k for k, most in _KINDS if len(self.values) <= most)
        self.values, self.codes = _of_all_cities(self.values), array.array(kind, self.codes)
        del self._known

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.values = _of_all_cities(self.values)

    def get(self, row):
        return self.values[self.codes[row]]


def _key(value):
    """What tells a value from others; the reader gives one mapping to all rows that have the same."""
    return id(value) if isinstance(value, dict) else value


def runs(numbers):
    """(start, stop) of each row of numbers that follow one another."""
    for _apart, run in itertools.groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run = [number for _place, number in run]
        yield run[0], run[-1] + 1


def _of_all_cities(values):
    """The same values, of which each set of codes stands once for all cities: they hold few kinds of them."""
    return tuple(_one(value) if isinstance(value, frozenset) else value for value in values)


@functools.lru_cache(maxsize=4096)
def _one(codes):
    return codes


#: Types of an array, and how many values they can number.
_KINDS = (("B", 2**8), ("H", 2**16), ("I", 2**32))
