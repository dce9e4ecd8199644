"""What the OpenAPI document says of HSDS objects agrees with the official schemas."""

import json
from pathlib import Path

from services.api.shapes import Shape
from services.hsds import shapes

SCHEMAS = Path(__file__).parent / "schemas"
#: Our shape -> the official schema of the same object.
SAME = {
    shapes.SERVICE: "service",
    shapes.SITE: "service_at_location",
    shapes.ORGANIZATION: "organization",
    shapes.TAXONOMY: "taxonomy",
    shapes.TERM: "taxonomy_term",
}
#: Fields that only the UK's profile, or only we, have: name or shape.name -> whose it is.
NOT_OF_HSDS = {
    "HsdsService.waymark",
    "HsdsServiceListed.modified_date",
    "HsdsService.modified_date",
    "HsdsPhone.opening_hours",
    "HsdsServiceArea.service_area",
    "HsdsServiceAtLocation.name",
    "HsdsServiceAtLocation.status",
}


def official(standard, name):
    return json.loads((SCHEMAS / standard / f"{name}.json").read_text())


def disagreements(ours, theirs, where=""):
    """Where a schema of ours says something that an official one does not allow."""
    if isinstance(ours, Shape):
        where, ours = ours.name, ours.schema
    yield from (f"{where}: {fault}" for fault in _faults(ours, theirs))
    if "items" in ours:
        yield from disagreements(ours["items"], theirs["items"], where)
    for name, field in ours.get("properties", {}).items():
        if name in theirs["properties"]:
            yield from disagreements(field, theirs["properties"][name], f"{where}.{name}")
        else:
            yield f"{where}.{name}"


def _faults(ours, theirs):
    kinds = (ours["type"], theirs["type"])
    if kinds[0] != kinds[1] and kinds != ("integer", "number"):
        yield f"{kinds[0]} is not {kinds[1]}"
    if "enum" in theirs and not set(ours["enum"]) <= set(theirs["enum"]):
        yield f"{ours['enum']} are not all known"
    if theirs.get("format", ours.get("format")) != ours.get("format"):
        yield f"its format is not {theirs['format']}"
    if not set(theirs.get("required", ())) <= set(ours.get("required", ())):
        yield f"{theirs['required']} are required"


def test_shapes_agree_with_hsds():
    found = {
        fault
        for shape, name in SAME.items()
        for fault in disagreements(shape, official("hsds-3.1", name))
    }
    assert found == NOT_OF_HSDS


def test_a_wrong_shape_is_noticed():
    theirs = official("hsds-3.1", "taxonomy")
    wrong = Shape("Wrong", {"type": "object", "properties": {"id": {"type": "number"}, "new": {}}})
    assert len(list(disagreements(wrong, theirs))) == 4


def test_more_fields_may_come():
    """As in the standard: no object of HSDS is closed."""
    seen = [shape.schema for shape in vars(shapes).values() if isinstance(shape, Shape)]
    assert seen
    assert [schema for schema in seen if "additionalProperties" in schema] == []
