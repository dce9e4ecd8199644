"""What the papers for a city's IT name as evidence is there, and the record knows every table."""

import ast
import functools
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs/it").glob("*.md"))
#: What stands in backticks, but for blocks of whole lines.
QUOTED = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"[\w.][\w.-]*(?:/[\w.-]+)*/?")
SETTING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
LABEL = re.compile(r"[a-z_]+\.[A-Z]\w+")
RECORD = ROOT / "docs/it/record-of-processing.md"
#: A box that other fields of its row are in; the record says of each whether it is encrypted.
BOX = "sealed_details"


def quoted(page):
    return QUOTED.findall(page.read_text(encoding="utf-8"))


def is_path(text):
    """Whether it is written like a file or folder of this repository; an address of the site begins with a slash."""
    return "/" in text and FILE.fullmatch(text) is not None


@functools.cache
def functions_of(path):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_files_and_tests_that_are_named_are_there(page):
    for text in quoted(page):
        path, _colons, test = text.partition("::")
        if test:
            assert test in functions_of(path), text
        elif is_path(text):
            assert (ROOT / text).exists(), text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_settings_that_are_named_are_read_somewhere(page):
    operators = (ROOT / "docs/operators.md").read_text(encoding="utf-8")
    variables = set(re.findall(r"^\| `([A-Z_]+)` \|", operators, re.MULTILINE))
    for text in quoted(page):
        if SETTING.fullmatch(text):
            assert text in variables or hasattr(settings, text), text


@functools.cache
def rows_of_tables():
    """Label of a model -> what the record says of it: the words in backticks in its row."""
    rows = {}
    for line in RECORD.read_text(encoding="utf-8").splitlines():
        first = line.split("|")[1] if line.startswith("|") and line.count("|") > 2 else ""
        for label in filter(LABEL.fullmatch, QUOTED.findall(first)):
            assert label not in rows, f"{label} has two rows"
            rows[label] = set(QUOTED.findall(line)) - {label}
    return rows


def test_the_record_names_every_table_and_no_other():
    assert set(rows_of_tables()) == {model._meta.label for model in apps.get_models()}


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda model: model._meta.label)
def test_the_record_names_every_field_that_leads_to_a_person(model):
    named = rows_of_tables().get(model._meta.label, set())
    missing = [field.name for field in model._meta.local_fields if tells(field)]
    assert [name for name in missing if name not in named] == []


def tells(field):
    """Whether it leads to somebody, holds an address, or is sealed."""
    is_somebody = field.is_relation and field.related_model is get_user_model()
    is_sealed = field.name.startswith("sealed_") and field.name != BOX
    return is_somebody or is_sealed or isinstance(field, models.EmailField)


def test_the_record_names_no_field_that_is_gone():
    for label, named in rows_of_tables().items():
        fields = {field.name for field in apps.get_model(label)._meta.get_fields()}
        words = {text for text in named if re.fullmatch(r"[a-z_]+", text)}
        assert words <= fields, label


#: Requirements of levels 1 and 2 of OWASP ASVS 5.0.0: section -> its first ones, as many.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
VERDICTS = ["met", "partly", "not met", "not applicable", "not checked"]
CHECK = ROOT / "docs/it/asvs.md"


def lines_of_the_check():
    """(id, verdict, evidence) of each line."""
    text = CHECK.read_text(encoding="utf-8").replace(r"\|", "")
    return re.findall(r"^\| (\d+\.\d+\.\d+) \|[^|]+\| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)


def test_the_check_has_a_line_for_each_requirement_in_its_order():
    wanted = [f"{section}.{n + 1}" for section, most in SECTIONS.items() for n in range(most)]
    assert [number for number, *_rest in lines_of_the_check()] == wanted


def test_the_sums_of_the_check_are_those_of_its_lines():
    verdicts = [verdict for _number, verdict, _evidence in lines_of_the_check()]
    sums = [verdicts.count(verdict) for verdict in VERDICTS]
    row = " | ".join(map(str, [*sums, len(verdicts)]))
    assert f"\n| {row} |\n" in CHECK.read_text(encoding="utf-8")
    assert sum(sums) == len(verdicts)
