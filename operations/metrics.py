"""`/metrics`: what Prometheus may know. Counts, times, ages and sizes; nothing that was asked for."""

import contextlib
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from operations import meters
from operations.models import Upkeep


@require_safe
def metrics(request):
    """The numbers, for whoever shows the token; without a token in the settings there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not _shows_token(request):
        refusal = HttpResponse("Send Authorization: Bearer and the token.\n", status=401)
        refusal.headers["Content-Type"] = "text/plain"
        refusal.headers["WWW-Authenticate"] = "Bearer"
        return refusal
    return HttpResponse(everything(), content_type=CONTENT_TYPE_LATEST)


def _shows_token(request):
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return secrets.compare_digest(shown.encode(), settings.METRICS_TOKEN.encode())


def everything():
    """All numbers of this server as Prometheus reads them; costs one query."""
    now = CollectorRegistry()
    now.register(OfThisMoment())
    return generate_latest(meters.shared_registry()) + generate_latest(now)


class OfThisMoment:
    """What is looked up when it is asked for."""

    def collect(self):
        yield _memory()
        yield from _upkeep()


def _memory():
    """Resident memory of each worker, in the order of their age."""
    family = GaugeMetricFamily(
        "waymark_worker_memory_bytes", "Resident memory of a worker.", labels=["worker"]
    )
    for number, pid in enumerate(_workers(), start=1):
        with contextlib.suppress(OSError, ValueError):
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            family.add_metric([str(number)], pages * os.sysconf("SC_PAGE_SIZE"))
    return family


def _workers():
    """Processes started by the one that started this; this one alone where that cannot be seen."""
    own, parent = os.getpid(), os.getppid()
    if meters.FOLDER not in os.environ:
        return [own]
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except OSError:
        return [own]
    return sorted(map(int, children)) or [own]


def _upkeep():
    """How long ago each piece of upkeep was last done well, and whether its last run failed."""
    age = GaugeMetricFamily(
        "waymark_upkeep_age_seconds", "Seconds since work was last done well.", labels=["job"]
    )
    failed = GaugeMetricFamily(
        "waymark_upkeep_failed", "1 where the last run of work failed.", labels=["job"]
    )
    now = timezone.now()
    with contextlib.suppress(Error):
        for row in Upkeep.objects.all():
            failed.add_metric([row.name], bool(row.error))
            if row.succeeded_at:
                age.add_metric([row.name], (now - row.succeeded_at).total_seconds())
    return age, failed
