"""Checks run in order; one that breaks, or has nothing to look at, is a line."""

import contextlib
import json

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from operations.doctor import every_check, screen  # noqa: F401  (checks register themselves)
from operations.doctor.finding import (
    CHECKS,
    CannotTell,
    Check,
    Finding,
    Level,
    Report,
    check,
    fault,
    risk,
)
from operations.doctor.looking import look
from operations.doctor.site import Site

WRONG = fault("It is wrong.", "Mend it")
RISKY = risk("It is risky.", "Mind it")


def listed(**looks):
    return {code: Check(code, code, say, needs, False) for code, (say, needs) in looks.items()}


def says(*seen):
    return (lambda _site: iter(seen), ())


def breaks(error):
    def raise_it(_site):
        raise error

    return (raise_it, ())


def codes(report):
    return [finding.code for finding in report.findings]


def test_the_worst_comes_first_and_the_rest_by_code():
    checks = listed(D90=says(RISKY), D91=says(WRONG), D92=says(), D93=says(RISKY, WRONG))
    report = look(Site(), checks=checks)
    assert codes(report) == ["D91", "D93", "D90", "D93"]
    assert report.fine == ["D92"]


@pytest.mark.parametrize(
    ("seen", "code"), [((), 0), ((RISKY,), 1), ((WRONG,), 2), ((RISKY, WRONG), 2)]
)
def test_the_exit_code_is_that_of_the_worst(seen, code):
    assert look(Site(), checks=listed(D90=says(*seen))).exit_code == code


def test_a_check_that_breaks_is_a_line_without_its_words_and_the_others_go_on():
    checks = listed(D90=breaks(ValueError("zqx-canary")), D91=says(WRONG))
    report = look(Site(), checks=checks)
    assert codes(report) == ["D91", "D90"]
    assert "ValueError" in report.findings[1].what
    assert "zqx-canary" not in screen.as_text(report) + screen.as_json(report)


def test_where_tables_are_missing_that_is_said_once():
    checks = listed(D22=says(WRONG), D90=breaks(DatabaseError()))
    report = look(Site(), checks=checks)
    assert codes(report) == ["D22"]
    assert report.not_looked_at == {"D90": "D22 comes first"}


def test_a_database_error_with_every_table_there_is_a_line():
    assert codes(look(Site(), checks=listed(D90=breaks(DatabaseError())))) == ["D90"]


def test_what_needs_something_wrong_is_not_looked_at_nor_what_needs_that():
    checks = listed(
        D90=says(WRONG), D91=(says(WRONG)[0], ("D90",)), D92=(says(WRONG)[0], ("D91", "OTHER"))
    )
    report = look(Site(), checks=checks)
    assert codes(report) == ["D90"]
    assert report.not_looked_at == {"D91": "D90 comes first", "D92": "D91 comes first"}


def test_what_needs_a_wrong_variable_is_not_looked_at():
    checks = listed(D90=(says(WRONG)[0], ("SITE_URL",)))
    report = look(Site(aside={"SITE_URL": "is wrong"}), checks=checks)
    assert report.not_looked_at == {"D90": "SITE_URL comes first"}
    assert report.fine == []


def test_what_cannot_be_told_is_neither_fine_nor_wrong():
    report = look(Site(), checks=listed(D90=breaks(CannotTell("no clock"))))
    assert (report.findings, report.fine) == ([], [])
    assert "D90 (no clock)" in screen.as_text(report)


def test_two_checks_never_share_a_code():
    with pytest.raises(ValueError, match="D20"):
        check("D20", "another")(lambda site: ())


def test_what_matters_in_production_alone_is_not_asked_elsewhere():
    report = look(Site())
    asked = set(report.fine) | set(codes(report)) | set(report.not_looked_at)
    assert asked.isdisjoint(code for code, one in CHECKS.items() if one.production)


def test_the_screen_has_two_lines_for_each_and_one_for_all_that_is_fine():
    report = Report(
        findings=[Finding("D20", Level.FAULT, "It is\naway.", "Start it")],
        fine=["D01", "D02"],
        not_looked_at={"D21": "D20 comes first", "D22": "D20 comes first"},
    )
    assert screen.as_text(report).splitlines() == [
        "1 fault, no risks, 2 fine",
        "FAULT D20  It is away.",
        "            → Start it",
        "fine        D01 D02",
        "not seen    D21 D22 (D20 comes first)",
    ]


@pytest.mark.django_db
def test_the_command_says_it_as_json(capsys):
    with contextlib.suppress(SystemExit):
        call_command("doctor", "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["faults"] == sum(f["level"] == "fault" for f in said["findings"])
    assert "D50" in said["fine"]
