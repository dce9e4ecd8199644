"""What the pages of coverage are asked for."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from referrals.coverage import moments
from referrals.coverage.people import BY_CODE, STATUSES
from referrals.pathway.facts import NEEDS
from services.languages import language_name
from services.models import City

UNKNOWN = {"invalid_choice": _("“%(value)s” is not a choice here.")}


class _Choice(forms.ChoiceField):
    def __init__(self, **kwargs):
        super().__init__(error_messages=UNKNOWN, **kwargs)

    def to_python(self, value):
        """Short and printable, for use in a message."""
        return "".join(c for c in super().to_python(value)[:60] if c.isprintable())


class Situation(forms.Form):
    """The hour, language and status that a table is for; each has a first choice."""

    hour = _Choice(label=_("When"), choices=list(moments.NAMES.items()), required=False)
    language = _Choice(label=_("Language"), required=False)
    status = _Choice(label=_("Residence"), choices=list(STATUSES.items()), required=False)

    def __init__(self, data, languages):
        super().__init__(data)
        self.fields["language"].choices = [(tag, language_name(tag)) for tag in languages]

    @property
    def chosen(self):
        """The value of each field, where the form is valid."""
        firsts = {name: field.choices[0][0] for name, field in self.fields.items()}
        return {name: self.cleaned_data.get(name) or first for name, first in firsts.items()}


class CellForm(Situation):
    """One cell of the matrix: besides, a need and somebody; both must be said."""

    need = _Choice(label=_("Need"), choices=[(need, need) for need in NEEDS])
    group = _Choice(
        label=_("Who"), choices=[(code, capfirst(p.name)) for code, p in BY_CODE.items()]
    )


class Inhabitants(forms.ModelForm):
    """For how many people the minimums are worked out."""

    class Meta:
        model = City
        fields = ("population", "women")

    def clean(self):
        values = super().clean()
        population, women = values.get("population"), values.get("women")
        if population is not None and women is not None and women > population:
            self.add_error("women", _("There cannot be more women and girls than inhabitants."))
        return values
