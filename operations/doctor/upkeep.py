"""Whether what nobody asks for is done: backups, the tick and its work, mails, webhooks."""

import datetime

from django.conf import settings

from operations.doctor.finding import CannotTell, check, fault, risk
from operations.models import Upkeep
from operations.tick.jobs import JOBS

BACKUP, RESTORE_CHECK, TICK = "backup", "restore-check", "tick"
BACKUP_HOURS = 26
RESTORE_CHECK_DAYS = 90
TICK_MINUTES = 10
#: Every work of the tick is done at least once a day; after its turn a run may take a while.
WORK = datetime.timedelta(hours=26)
SLACK = datetime.timedelta(minutes=30)
#: What was given up longer ago is no longer mended.
RECENT = datetime.timedelta(days=7)


def last(name):
    """When work of this name was last done well; None if never. One query."""
    return Upkeep.objects.filter(name=name).values_list("succeeded_at", flat=True).first()


@check("D40", "backup", needs=["D20"], production=True)
def backup(site):
    done = last(BACKUP)
    mend = "systemctl enable --now waymark-backup.timer, or manage.py backup by your own clock"
    if done is None:
        yield fault("There was never a backup.", mend)
    elif site.now - done > datetime.timedelta(hours=BACKUP_HOURS):
        yield fault(f"The last backup is {age(site.now - done)} old.", mend)


@check("D41", "restoring", needs=["D20"], production=True)
def restore_check(site):
    done = last(RESTORE_CHECK)
    mend = "manage.py restore --verify FILE --identity KEY, see “Backup and restore” in docs/operators.md"
    if done is None:
        yield risk("No backup was ever tried by restoring it.", mend)
    elif site.now - done > datetime.timedelta(days=RESTORE_CHECK_DAYS):
        yield risk(f"A backup was last tried {age(site.now - done)} ago.", mend)


@check("D42", "where backups go", needs=["BACKUP_PUBLIC_KEY", "BACKUP_DIR"], production=True)
def backup_settings(site):
    for name, what in (
        ("BACKUP_PUBLIC_KEY", "backups have no key to be sealed with"),
        ("BACKUP_DIR", "backups have no place"),
    ):
        if not hasattr(settings, name):
            raise CannotTell("this release makes no backups")
        if not getattr(settings, name):
            yield risk(
                f"{name} is not set: {what}.",
                f"{name}=…, see “Backup and restore” in docs/operators.md",
            )


@check("D43", "tick", needs=["D20"], production=True)
def tick(site):
    done = last(TICK)
    mend = "systemctl enable --now waymark-tick.timer, or cron: * * * * * manage.py tick"
    if done is None:
        yield fault("The tick never ran: no mail goes out, and nothing is deleted in time.", mend)
    elif site.now - done > datetime.timedelta(minutes=TICK_MINUTES):
        yield fault(f"The tick last ran {age(site.now - done)} ago.", mend)


@check("D44", "work of the tick", needs=["D20"], production=True)
def work(site):
    """Each work that failed at its last try, or has missed its turns."""
    waits = patience()
    for row in Upkeep.objects.exclude(name__in=(BACKUP, RESTORE_CHECK, TICK)):
        done = row.succeeded_at
        late = done is None or site.now - done > waits.get(row.name, WORK)
        if late or row.error:
            since = f"{age(site.now - done)} ago" if done else "never"
            why = f" ({row.error})" if row.error else ""
            yield risk(
                f"“{row.name}” was last done {since}{why}.", "manage.py tick, and read its log"
            )


def patience():
    """How long each work of the tick may wait: three of its turns, or little more than a day."""
    return {job.name: min(WORK, 3 * job.every + SLACK) for job in JOBS}


@check("D45", "mails given up", needs=["D20"], production=True)
def mails(site):
    from referrals.models import Letter
    from services.models import Check

    since = site.now - RECENT
    lost = sum(
        m.objects.filter(state="failed", created_at__gt=since).count() for m in (Check, Letter)
    )
    waiting = sum(
        m.objects.filter(
            state="waiting", created_at__lt=site.now - datetime.timedelta(days=1)
        ).count()
        for m in (Check, Letter)
    )
    if lost:
        yield risk(
            f"{lost} mails of the last week were given up.", "Correct addresses in the office"
        )
    if waiting:
        yield risk(
            f"{waiting} mails wait for more than a day.", "See D10 and D43; then manage.py tick"
        )


@check("D46", "webhooks given up", needs=["D20"], production=True)
def webhooks(site):
    from services import webhooks

    # A delivery has no date but that of its next attempt: the one after the last.
    lost = sum(
        model.objects.filter(state="given-up", next_attempt_at__gt=site.now - RECENT).count()
        for model in webhooks.tables()
    )
    if lost:
        yield risk(
            f"{lost} messages to partners were given up in the last week.",
            "Ask the partner; the administration lists them under “Deliveries”",
        )


def age(span):
    """A span in words, rounded down."""
    minutes = int(span.total_seconds() // 60)
    for unit, size in (("days", 24 * 60), ("hours", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}"
    return f"{minutes} minutes"
