"""Tables of HSDS: what a package says of itself, what a cell may begin with, and rows nested again."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fixture_shapes import FixtureError, Where
from services.hsds.nesting import nested, read_csv
from services.hsds.tables import DIALLED, RISKY, TABLES, descriptor, guarded, unguarded
from tests.factories import make_city
from tests.services.hsds.trips import export, odd_services

DATA = Path(__file__).parent / "data"
WHERE = Where("services.csv")


def official():
    """Table -> (file, column -> type, required columns) of the official data package."""
    found = {}
    for line in (DATA / "tables-3.2.txt").read_text().splitlines():
        name, path, *columns = line.split()
        types = dict(column.rstrip("!").split(":") for column in columns)
        needed = {column.split(":")[0] for column in columns if column.endswith("!")}
        found[name] = (path, types, needed)
    return found


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_tables_are_those_of_the_official_package(table):
    path, types, needed = official()[table.name]
    assert table.path == path
    ours = {column.name: column.type for column in table.columns if not column.own}
    assert ours == {name: types.get(name) for name in ours}
    assert needed <= set(ours)
    assert not {column.name for column in table.columns if column.own} & set(types)


@pytest.fixture
def package(db, tmp_path):
    make_city("brussels")
    odd_services()
    with zipfile.ZipFile(export(tmp_path / "all.zip", audience="professional")) as opened:
        yield {name: opened.read(name).decode() for name in opened.namelist()}


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_package_describes_exactly_what_is_in_it(package):
    said = json.loads(package.pop("datapackage.json"))
    assert said == json.loads(json.dumps(descriptor()))
    assert {resource["path"] for resource in said["resources"]} == set(package)
    for resource in said["resources"]:
        header = package[resource["path"]].splitlines()[0].split(",")
        assert header == [field["name"] for field in resource["schema"]["fields"]]


def test_rows_of_a_package_hang_together(package):
    said = json.loads(package["datapackage.json"])
    ids = {
        one["name"]: {row["id"] for row in rows(package[one["path"]])} for one in said["resources"]
    }
    for resource in said["resources"]:
        listed = rows(package[resource["path"]])
        assert len(listed) == len(ids[resource["name"]]), resource["name"]
        for key in resource["schema"]["foreignKeys"]:
            named = {row[key["fields"]] for row in listed} - {""}
            assert named <= ids[key["reference"]["resource"]], (resource["name"], key)


def test_required_cells_of_a_package_are_filled(package):
    for resource in json.loads(package["datapackage.json"])["resources"]:
        for field in resource["schema"]["fields"]:
            if field.get("constraints", {}).get("required"):
                assert all(row[field["name"]] for row in rows(package[resource["path"]])), field


def test_no_cell_of_a_package_is_a_formula(package):
    del package["datapackage.json"]
    cells = [cell for text in package.values() for row in rows(text) for cell in row.values()]
    risky = [cell for cell in cells if cell.startswith(RISKY[:-1])]
    assert risky  # phone numbers, and a latitude below zero
    assert all(
        DIALLED.fullmatch(cell) or cell.lstrip("-").replace(".", "").isdigit() for cell in risky
    )
    assert "'=2+2 Lantern House" in cells


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("'tis", "''tis"),
        ("+32 2 555 01 00", "+32 2 555 01 00"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-1", "'-1"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_run_begins_with_an_apostrophe(text, cell):
    assert guarded(text) == cell
    assert unguarded(cell) == text


@given(st.text() | st.text(alphabet="'=+-@\t\r 0123456789("))
def test_every_text_comes_back_from_its_cell(text):
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(RISKY[:-1]) or DIALLED.fullmatch(text)


def test_rows_hang_on_whatever_their_columns_name():
    tables = {
        "service": [(WHERE, {"id": "s", "organization_id": 7})],
        "organization": [(WHERE, {"id": "7", "name": "Heron"})],
        "service_at_location": [(WHERE, {"id": "a", "service_id": "s", "location_id": "l"})],
        "location": [(WHERE, {"id": "l"})],
        "phone": [
            (WHERE, {"number": "1", "service_id": "s"}),
            (WHERE, {"number": "2", "location_id": "l"}),
            (WHERE, {"number": "3", "organization_id": "7"}),
        ],
    }
    [(_where, service)] = nested(tables)
    place = service["service_at_locations"][0]["location"]
    assert service["organization"]["name"] == "Heron"
    holders = (service, place, service["organization"])
    assert [[phone["number"] for phone in holder["phones"]] for holder in holders] == [
        ["1"], ["2"], ["3"],
    ]  # fmt: skip


def test_rows_that_name_each_other_in_a_circle_end():
    tables = {
        "service": [(WHERE, {"id": "s", "phone_id": "p"})],
        "phone": [(WHERE, {"id": "p", "service_id": "s", "phone_id": "p"})],
        "contact": [(WHERE, {"id": "c", "contact_id": "c", "service_id": "s"})],
    }
    assert nested(tables)[0][1]["phones"][0]["id"] == "p"


def test_cells_are_numbers_where_a_column_is_one():
    text = "id,name,minimum_age,maximum_age\ns,'=x,16,old\n"
    [(where, row)] = read_csv(text, "service", WHERE)
    assert row == {"id": "s", "name": "=x", "minimum_age": 16, "maximum_age": "old"}
    assert where.row == "line 2"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("id,title\ns,x\n", "has no column “name”"),
        ("id,id,name\ns,s,x\n", "names a column twice"),
        ("id,name\ns,x,y\n", "has 3 cells"),
        ('id,name\ns,"x\n', "is not readable CSV"),
        ("", "has no column “id”"),
    ],
)
def test_what_is_no_such_table_is_refused_in_words(text, complaint):
    with pytest.raises(FixtureError, match=complaint):
        read_csv(text, "service", WHERE)
