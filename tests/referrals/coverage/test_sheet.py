"""The CSV of every cell: whole, and harmless in a spreadsheet."""

import csv
import io

import pytest

from referrals.coverage import sheet
from referrals.coverage.matrix import Matrix
from tests.referrals.coverage.towns import MOMENTS, town

LANGUAGES = ("fr", "ar")


def rows_of(titles):
    matrix = Matrix(town(31), MOMENTS, LANGUAGES)
    text = "".join(sheet.lines(matrix, titles))
    return matrix, list(csv.DictReader(io.StringIO(text, newline="")))


def test_each_cell_is_a_row_with_its_state_and_counts():
    matrix, rows = rows_of({"shelter": "Safe place"})
    assert len(rows) == len(matrix.states) > sheet.AT_ONCE
    for cell, row in zip(matrix.cells, rows, strict=True):
        found = (row["need"], row["person"], row["hour"], row["status"], row["language"])
        assert found == tuple(cell)
        assert row["state"] == matrix.state(cell)
        counts = [row[name] for name in ("served_by", "ask_first", "stale", "excluded")]
        assert counts == [str(mask.bit_count()) for mask in matrix.tally(cell)]
    assert {row["need_name"] for row in rows if row["need"] == "shelter"} == {"Safe place"}
    assert {row["need_name"] for row in rows if row["need"] == "fgm"} == {"fgm"}


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(first):
    title = f"{first}HYPERLINK(0)"
    _matrix, rows = rows_of({"shelter": title, "fgm": f"Care, “{first}”"})
    assert {row["need_name"] for row in rows if row["need"] == "shelter"} == {f"'{title}"}
    for row in rows:
        assert not any(value.startswith(sheet.FORMULA) for value in row.values())


def test_plain_words_stay_as_they_are():
    assert sheet.safe("Safe place - at night") == "Safe place - at night"
    assert sheet.safe(0) == "0"
