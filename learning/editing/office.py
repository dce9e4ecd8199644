"""What the toolboxes put into the office of the network: an entry of its menu, reviews that are due."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from learning.models import Passage, today
from services import office

PAGE = "passages"


def register():
    """Join the office; once, when the app is ready."""
    office.add_network_link(_("Toolboxes"), PAGE, 40)
    office.add_network_tasks(find)


def find(request):
    """One task for all passages whose review is overdue; one query."""
    count = Passage.objects.filter(is_shown=True, next_review__lt=today()).count()
    if count:
        text = ngettext(
            "%(count)s passage of the toolboxes is overdue for review",
            "%(count)s passages of the toolboxes are overdue for review",
            count,
        )
        yield office.Task(text % {"count": count}, reverse(PAGE), count, 20)
