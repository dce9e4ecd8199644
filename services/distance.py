"""How far it is, as the crow flies, to a place that everybody may know."""

import math

from geopy.distance import EARTH_RADIUS, great_circle


def distance_km(listing, point):
    """Kilometres from a (latitude, longitude) to a listing's place, or None.

    Never for a confidential listing, to no audience: three distances are an address.
    """
    place = listing.place
    if point is None or listing.confidential or place is None or not place.has_coordinates:
        return None
    return _rounded(great_circle_km(point, (place.latitude, place.longitude)))


def distances_km(sketches, point):
    """`distance_km` of all `Packed` sketches, by number; infinite where that gives None, as without a point.

    Over the chord between two points of a sphere, as geopy takes fifteen times as long for each of a city's
    listings. A test holds it to geopy's.
    """
    if point is None:
        return [math.inf] * len(sketches)
    here, found = _on_sphere(*map(float, point)), []
    for latitude, longitude in sketches.points():
        chord = math.dist(here, _on_sphere(latitude, longitude))
        found.append(math.inf if math.isnan(chord) else _rounded(_arc_km(chord)))
    return found


def _on_sphere(latitude, longitude):
    north, east = math.radians(latitude), math.radians(longitude)
    across = math.cos(north)
    return across * math.cos(east), across * math.sin(east), math.sin(north)


def _arc_km(chord):
    return 2 * EARTH_RADIUS * math.asin(min(1, chord / 2))


def great_circle_km(here, there):
    """Kilometres between two points that everybody may know."""
    return great_circle(here, there).km


def _rounded(km):
    return round(km, 1) if km < 10 else float(round(km))


def parse_point(text):
    """`"50.84,4.35"` as (latitude, longitude); ValueError for anything that is not on Earth."""
    latitude, longitude = (float(part) for part in text.split(","))
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        raise ValueError("not a number")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError("not on Earth")
    return latitude, longitude
