"""A map drawn on the server: places in Web Mercator, with the city's own spots as labels.

No tile server unless `TILE_URL` names one. It is given listings, so a place that is sealed or
confidential is not there to be drawn.
"""

import math
from dataclasses import dataclass, field, replace

from django.conf import settings

from services.distance import great_circle_km

TILE = 256
#: Width and height that a drawing should about fill, in its own units.
WIDTH, HEIGHT = 640, 520
#: Markers nearer than this to each other become one, so that each can be hit with a thumb.
APART = 52
MARGIN = 44
#: A marker's half width, a letter's width and a line's height, for telling what would overlap:
#: those of a narrow screen, whose letters are the larger ones in the drawing's units.
RADIUS, LETTER, LINE = 24, 13, 28
#: From a spot to the foot of its label: above or below it, else above or below a marker on it.
FEET = (-10, 30, -30, 48)
CLOSEST_ZOOM = 16
#: Places farther from the city than this belong to the list, not to its map.
CITY_KM = 30


@dataclass
class Marker:
    """One or several listings at about one point."""

    number: int
    x: float
    y: float
    near: str
    listings: list = field(default_factory=list)


@dataclass(frozen=True)
class Label:
    """The name of a spot, written above it or below: `dy` is from the spot to the letters' foot."""

    name: str
    x: float
    y: float
    dy: int = FEET[0]

    @property
    def middle(self):
        """Half the height of the words."""
        return self.y + self.dy - LINE / 3

    @property
    def half(self):
        """Half the width of the words."""
        return len(self.name) * LETTER / 2


@dataclass(frozen=True)
class Tile:
    url: str
    x: float
    y: float


@dataclass(frozen=True)
class Map:
    """A drawing: its size, what stands where, and the tiles below, if any."""

    width: int
    height: int
    markers: list[Marker]
    labels: list[Label]
    tiles: list[Tile]
    #: Where its corner is, in Web Mercator pixels at a zoom: what a pin put on it is measured from.
    left: float = 0.0
    top: float = 0.0
    zoom: int = 0


def project(latitude, longitude, zoom):
    """Web Mercator pixels of a point at a zoom (https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames)."""
    size = TILE * 2**zoom
    sine = math.sin(math.radians(max(-85.0, min(85.0, latitude))))
    y = 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)
    return (longitude / 360 + 0.5) * size, y * size


def city_map(city, listings, places):
    """The map of a city's results, or None where none of them has a public place."""
    shown = [one for one in listings if on_map(one, city)]
    if not shown:
        return None
    points = [_point(one.place) for one in shown] + [_point(place) for place in places]
    frame = _Frame(points)
    return frame.draw(shown, places, apart=APART)


def place_map(listing, places):
    """The place of one listing among the spots around it, or None without a public place."""
    if listing.confidential or listing.place is None or not listing.place.has_coordinates:
        return None
    here = _point(listing.place)
    around = sorted(places, key=lambda place: great_circle_km(here, _point(place)))[:4]
    frame = _Frame([here] + [_point(place) for place in around])
    return frame.draw([listing], around, apart=0)


def pin_map(point, places, *, closer):
    """A map to put a pin on: with all spots, or closer by with those around; None without spots.

    `point` is where the pin is now, if anywhere; it is the one marker.
    """
    if not places:
        return None
    around = places
    if point and closer:
        around = sorted(places, key=lambda place: great_circle_km(point, _point(place)))[:3]
    frame = _Frame([*map(_point, around), *([point] if point else [])])
    drawing = frame.draw([], around, apart=0)
    if point:
        drawing.markers.append(Marker(1, *frame.at(*point), ""))
    return drawing


class _Frame:
    """The closest zoom at which all points fit, and the corner everything is measured from."""

    def __init__(self, points):
        self.zoom = next(
            zoom for zoom in range(CLOSEST_ZOOM, -1, -1) if _fits(points, zoom) or zoom == 0
        )
        xs, ys = zip(*(project(*point, self.zoom) for point in points), strict=True)
        self.width, self.height = WIDTH, max(320, round(max(ys) - min(ys) + 2 * MARGIN))
        self.left = (min(xs) + max(xs) - self.width) / 2
        self.top = (min(ys) + max(ys) - self.height) / 2

    def draw(self, listings, places, *, apart):
        labels = [Label(place.name, *self._at(place)) for place in places]
        markers = self._markers(listings, labels, apart)
        corner = round(self.left, 1), round(self.top, 1), self.zoom
        labels = _readable(labels, markers)
        return Map(self.width, self.height, markers, labels, self._tiles(), *corner)

    def _at(self, place):
        return self.at(*_point(place))

    def at(self, latitude, longitude):
        """Where in the drawing a point is."""
        x, y = project(latitude, longitude, self.zoom)
        return round(x - self.left, 1), round(y - self.top, 1)

    def _markers(self, listings, labels, apart):
        markers = []
        for listing in listings:
            x, y = self._at(listing.place)
            marker = next((m for m in markers if math.hypot(m.x - x, m.y - y) < apart), None)
            if marker is None:
                marker = Marker(len(markers) + 1, x, y, _nearest(labels, x, y))
                markers.append(marker)
            marker.listings.append(listing)
        return markers

    def _tiles(self):
        if not settings.TILE_URL:
            return []
        columns = range(
            math.floor(self.left / TILE), math.floor((self.left + self.width) / TILE) + 1
        )
        rows = range(math.floor(self.top / TILE), math.floor((self.top + self.height) / TILE) + 1)
        last = 2**self.zoom
        return [
            Tile(
                _tile_url(self.zoom, x % last, y),
                round(x * TILE - self.left, 1),
                round(y * TILE - self.top, 1),
            )
            for x in columns
            for y in rows
            if 0 <= y < last
        ]


def _tile_url(zoom, x, y):
    url = settings.TILE_URL
    for name, value in (("{z}", zoom), ("{x}", x), ("{y}", y), ("{s}", "a")):
        url = url.replace(name, str(value))
    return url


def _fits(points, zoom):
    xs, ys = zip(*(project(*point, zoom) for point in points), strict=True)
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    return wide <= WIDTH - 2 * MARGIN and high <= HEIGHT - 2 * MARGIN


def _readable(labels, markers):
    """Labels, each above or below its spot, whose words lie on no marker and on no other label."""
    kept = []
    for label in labels:
        tried = (replace(label, dy=dy) for dy in FEET)
        kept += [one for one in tried if _is_clear(one, markers, kept)][:1]
    return kept


def _is_clear(label, markers, others):
    def far(x, y, half_width, half_height):
        return abs(x - label.x) >= label.half + half_width or (
            abs(y - label.middle) >= LINE / 2 + half_height
        )

    return all(far(m.x, m.y, RADIUS, RADIUS) for m in markers) and all(
        far(other.x, other.middle, other.half, LINE / 2) for other in others
    )


def _nearest(labels, x, y):
    nearest = min(labels, key=lambda label: math.hypot(label.x - x, label.y - y), default=None)
    return nearest.name if nearest else ""


def on_map(listing, city):
    """Whether a listing has a public place that the map of the city reaches."""
    place = listing.place
    if listing.confidential or place is None or not place.has_coordinates:
        return False
    return city.latitude is None or great_circle_km(_point(city), _point(place)) <= CITY_KM


def _point(place):
    return place.latitude, place.longitude
