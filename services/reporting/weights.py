"""How much a report weighs, and when a listing goes on hold."""

import datetime

from services.models import Report

Kind = Report.Kind

#: What may hurt whoever is sent there: one vetted worker who says so is enough.
HARM = (Kind.DISCRIMINATION, Kind.BREACH, Kind.UNSAFE)
ORDINARY = tuple(kind for kind in Kind if kind not in HARM)

OF_A_WORKER = 3
#: All reports of people who are not signed in weigh this much at most, however many they are:
#: else anybody could push a listing out of the directory.
OF_ANYBODY_AT_MOST = 2
ENOUGH = 6
#: Different vetted workers that a hold for ordinary faults needs.
WORKERS = 2
#: A report counts for so long, and one worker's counts once in that time.
WINDOW = datetime.timedelta(days=30)


def is_enough(reports):
    """Whether these open reports, all of ordinary kinds and recent, put their listing on hold."""
    by_workers = [report for report in reports if report.by_worker]
    by_anybody = sum(report.count for report in reports if not report.by_worker)
    points = OF_A_WORKER * len(by_workers) + min(by_anybody, OF_ANYBODY_AT_MOST)
    workers = {report.reporter_id for report in by_workers} - {None}
    return points >= ENOUGH and len(workers) >= WORKERS
