"""The forms for a passage: its English with what stands behind it, and its words in another language."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from learning.models import today
from learning.text import tidy

MOST_WORDS = 180
#: Nobody should rely on advice that nobody has read for longer.
LONGEST_REVIEW = datetime.timedelta(days=2 * 366)
SOURCE_KEYS = ("title", "publisher", "url", "date")
TOO_LONG = ngettext_lazy(
    "Keep it short: %(most)s word at most.", "Keep it short: %(most)s words at most.", "most"
)


class WordsForm(forms.Form):
    """A title and a text. `seen` is the version that was there when the form was opened."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write a title.")},
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=gettext_lazy(
            "Short paragraphs with an empty line between. A line that begins with a hyphen and a "
            "space is a point of a list. Put what one can say in quotation marks."
        ),
        error_messages={"required": gettext_lazy("Write the text.")},
    )

    def clean_body(self):
        body = tidy(self.cleaned_data["body"])
        if len(body.split()) > MOST_WORDS:
            raise ValidationError(TOO_LONG % {"most": MOST_WORDS})
        return body


class TranslationForm(WordsForm):
    """The words of a passage in another language."""

    is_checked = forms.BooleanField(
        label=gettext_lazy("Somebody who speaks this language has read it against the English."),
        required=False,
    )


class PassageForm(WordsForm):
    """The English of a passage, its sources, its review, its sign-off."""

    sources = forms.CharField(
        label=gettext_lazy("Sources"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "One a line: title | publisher | address | date. Leave empty what is not known."
        ),
    )
    reviewed_on = forms.DateField(
        label=gettext_lazy("Reviewed on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reviewer_role = forms.CharField(
        label=gettext_lazy("Reviewed by"),
        max_length=120,
        help_text=gettext_lazy("A role, not a name: “social worker, child protection”."),
    )
    next_review = forms.DateField(
        label=gettext_lazy("Next review"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    signed_off_by = forms.CharField(
        label=gettext_lazy("Signed off by"),
        max_length=160,
        required=False,
        help_text=gettext_lazy(
            "The city that stands behind this text. Empty: the page says that it is a sample."
        ),
    )
    is_shown = forms.BooleanField(label=gettext_lazy("Show this passage"), required=False)

    def clean_sources(self):
        lines = [line.strip() for line in self.cleaned_data["sources"].splitlines()]
        return [_source(line) for line in lines if line]

    def clean_reviewed_on(self):
        day = self.cleaned_data["reviewed_on"]
        if day > today():
            raise ValidationError(_("This day is still to come. Write the day of the last review."))
        return day

    def clean_next_review(self):
        day, before = self.cleaned_data["next_review"], self.cleaned_data.get("reviewed_on")
        if day <= today():
            raise ValidationError(_("Write a day that is still to come."))
        if before and day > before + LONGEST_REVIEW:
            raise ValidationError(_("At most two years after the last review."))
        return day


def _source(line):
    parts = [part.strip() for part in line.split("|")]
    if len(parts) > len(SOURCE_KEYS) or not parts[0]:
        raise ValidationError(_("Write each source as: title | publisher | address | date."))
    source = {key: part for key, part in zip(SOURCE_KEYS, parts, strict=False) if part}
    if "url" in source:
        URLValidator(schemes=["http", "https"])(source["url"])
    return source


def source_lines(sources):
    """The sources as the form shows them."""
    lines = [" | ".join(source.get(key, "") for key in SOURCE_KEYS) for source in sources]
    return "\n".join(line.rstrip(" |") for line in lines)
