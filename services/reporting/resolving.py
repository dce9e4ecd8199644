"""What an editor answers to the reports of one kind about a listing."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from services.models import Report
from services.reporting.holds import RefusedError
from services.reporting.weights import HARM

ANSWERS = (Report.State.MENDED, Report.State.NOT_SO)


def resolve(service, kind, answer, user):
    """Answer every open report of a kind; how many rows they were. A hold stays as it is.

    Raises RefusedError where somebody would judge their own report of harm.
    """
    with transaction.atomic():
        reports = service.reports.select_for_update().filter(kind=kind, state=Report.State.OPEN)
        if kind in HARM and any(report.reporter_id == user.pk for report in reports):
            raise RefusedError(_("You reported this yourself: somebody else must answer it."))
        found = service.reports.filter(pk__in=[report.pk for report in reports])
        return found.update(state=answer, resolved_at=timezone.now(), resolved_by=user)
