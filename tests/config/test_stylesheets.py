"""The stylesheets are whole: a rule that falls into another's block is silently not there for most."""

import re

import pytest
from django.conf import settings

SHEETS = sorted((settings.BASE_DIR / "static").glob("*.css"))


def depths(text):
    """(what opens a block, how many blocks it stands in), and how many are open at the end."""
    depth, opened = 0, []
    for part in re.finditer(r"([^{};]*)([{}])", re.sub(r"/\*.*?\*/", "", text, flags=re.S)):
        if part[2] == "{":
            opened.append((part[1].strip(), depth))
        depth += 1 if part[2] == "{" else -1
    return opened, depth


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_block_is_closed_where_it_ends(sheet):
    opened, left = depths(sheet.read_text())
    assert left == 0
    assert [name for name, depth in opened if name.startswith("@media") and depth] == []


def test_a_block_left_open_is_noticed():
    opened, left = depths("@media print { a { color: red; } /* } */ @media screen { b { top: 0 } }")
    assert left == 1
    assert ("@media screen", 1) in opened
