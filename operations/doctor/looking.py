"""Runs every check; one that breaks is a line, like any other."""

from django.db import DatabaseError

from operations.doctor.finding import CHECKS, CannotTell, Finding, Level, Report

TABLES = "D22"


def look(site, *, checks=None, told=()):
    """The `Report` of a site; `told` are findings from before the settings were there."""
    report = Report(findings=list(told))
    for one in sorted((checks or CHECKS).values(), key=lambda check: check.code):
        if not one.production or site.is_production:
            _run(one, site, report)
    report.findings.sort(key=lambda finding: (finding.level, finding.code))
    return report


def _run(one, site, report):
    if why := _missing(one, site, report):
        if not _found(one.code, report):
            report.not_looked_at[one.code] = why
        return
    try:
        found = [Finding(one.code, seen.level, seen.what, seen.mend) for seen in one.look(site)]
    except CannotTell as error:
        report.not_looked_at[one.code] = str(error)
        return
    except Exception as error:  # noqa: BLE001  (whatever it is, the others go on)
        found = _broken(one, error, report)
    report.findings += found
    if not _found(one.code, report):
        report.fine.append(one.code)


def _missing(one, site, report):
    """What has to be mended before this can be looked at."""
    wrong = [need for need in one.needs if need in site.aside]
    # What was not looked at, a check of it cannot answer for.
    wrong += [need for need in one.needs if _found(need, report) or need in report.not_looked_at]
    return f"{wrong[0]} comes first" if wrong else ""


def _found(code, report):
    return any(finding.code == code for finding in report.findings)


def _broken(one, error, report):
    """Where tables are missing, that is already said; else the type, never the words."""
    if isinstance(error, DatabaseError) and _found(TABLES, report):
        report.not_looked_at[one.code] = f"{TABLES} comes first"
        return []
    return [
        Finding(
            one.code,
            Level.RISK,
            f"Looking at “{one.title}” broke off ({type(error).__name__}).",
            "Read it by hand; if it stays, tell those who make Waymark",
        )
    ]
