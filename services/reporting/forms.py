"""The one question of a report: what is wrong. There is nowhere to write about a person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from services.models import Report

HINTS = {
    Report.Kind.CONTACT: _("No answer for days, a wrong number, an address that bounces"),
    Report.Kind.DISCRIMINATION: _("For where they come from, whom they love, what they believe"),
}


class ReportForm(forms.Form):
    kind = forms.ChoiceField(
        choices=Report.Kind.choices,
        error_messages={
            "required": _("Choose what is wrong."),
            "invalid_choice": _("Choose one of these."),
        },
    )

    @property
    def rows(self):
        """What components/choice.html shows of each choice."""
        chosen = self.data.get("kind") if self.is_bound else None
        return [
            {
                "value": kind.value,
                "id": f"kind-{kind.value}",
                "label": kind.label,
                "hint": HINTS.get(kind, ""),
                "checked": kind.value == chosen,
            }
            for kind in Report.Kind
        ]
