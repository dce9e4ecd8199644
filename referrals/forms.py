"""One question's form: what it offers, what was posted, what is wrong with it."""

from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from referrals import words
from referrals.pathway.facts import UNKNOWN

#: The submit button that says "don't know, or rather not say" for the whole page.
SKIP = "skip"
#: Choices stand side by side when they are so many and each so short, or too many for one column.
SEVERAL_CHOICES, SHORT_LABEL, MANY_CHOICES = 4, 14, 10


@dataclass(frozen=True)
class Choice:
    """One row to pick."""

    id: str
    value: str
    label: str
    hint: str = ""
    checked: bool = False


@dataclass(frozen=True)
class FieldOnPage:
    """One fact as the page shows it."""

    name: str
    legend: str
    kind: str
    choices: tuple[Choice, ...]
    unknown: Choice | None
    layout: str
    error: str = ""


class AnswerForm:
    """A question bound to posted data, or to the answer the device holds.

    A page with a single choice must be answered, if only by "don't know"; elsewhere
    whatever is left out is not known.
    """

    def __init__(self, question, *, posted=None, answer=None):
        self.question, self.posted = question, posted
        self._chosen = self._from_post() if posted is not None else self._from_answer(answer)

    @property
    def must_choose(self):
        return len(self.question.fields) == 1 and not self.question.fields[0].several

    @property
    def may_skip(self):
        """Whether "don't know" is a button of its own: where no row says it."""
        return all(field.several for field in self.question.fields)

    @property
    def skipped(self):
        return self.posted is not None and SKIP in self.posted

    @property
    def is_untouched(self):
        return not self.skipped and not any(self._chosen.values())

    @cached_property
    def errors(self):
        """Fact -> what to do about it."""
        if self.posted is None or self.skipped:
            return {}
        found = {field.fact: self._error(field) for field in self.question.fields}
        return {fact: error for fact, error in found.items() if error}

    @property
    def answer(self):
        """{fact: value} of what is known; only without errors."""
        if self.skipped:
            return {}
        known = {field.fact: self._value(field) for field in self.question.fields}
        return {fact: value for fact, value in known.items() if value is not None}

    @property
    def fields(self):
        return [self._on_page(field) for field in self.question.fields]

    def _from_post(self):
        return {field.fact: self.posted.getlist(field.fact) for field in self.question.fields}

    def _from_answer(self, answer):
        if answer is None:
            return {field.fact: [] for field in self.question.fields}
        return {field.fact: _keys(field, answer) for field in self.question.fields}

    def _error(self, field):
        chosen = self._chosen[field.fact]
        known = {option.key for option in field.options}
        if not field.several:
            known.add(UNKNOWN)
        if not set(chosen) <= known or (len(chosen) > 1 and not field.several):
            return _("Choose from the answers below.")
        if self.must_choose and not chosen:
            return _("Choose one answer. “Don’t know, or rather not say” is one too.")
        return ""

    def _value(self, field):
        chosen = self._chosen[field.fact]
        values = [option.value for option in field.options if option.key in chosen]
        if field.several:
            return values or None
        return values[0] if values else None

    def _on_page(self, field):
        choices = [
            self._choice(field, number, option.key, words.say(option.label), words.say(option.hint))
            for number, option in enumerate(field.options, start=1)
        ]
        layout = "" if self.must_choose else _layout(choices)
        short = layout == "choices--short"
        unknown = None if field.several else self._unknown(field, short)
        return FieldOnPage(
            name=field.fact,
            legend=words.say(field.legend),
            kind="checkbox" if field.several else "radio",
            choices=(*choices, unknown) if short and unknown else tuple(choices),
            unknown=None if short else unknown,
            layout=layout,
            error=self.errors.get(field.fact, ""),
        )

    def _unknown(self, field, short):
        label = _("Not known") if short else _("Don’t know, or rather not say")
        return self._choice(field, len(field.options) + 1, UNKNOWN, label)

    def _choice(self, field, number, key, label, hint=""):
        chosen = key in self._chosen[field.fact]
        return Choice(f"{field.fact}-{number}", key, label, hint, chosen)


def _layout(choices):
    """The class that lets many or short choices stand side by side where there is room."""
    longest = max(len(choice.label + choice.hint) for choice in choices)
    if len(choices) >= SEVERAL_CHOICES and longest <= SHORT_LABEL:
        return "choices--short"
    return "choices--many" if len(choices) >= MANY_CHOICES else ""


def _keys(field, answer):
    """The form's values of a kept answer; a single choice that is not known says so."""
    if field.fact not in answer:
        return [] if field.several else [UNKNOWN]
    kept = answer[field.fact] if field.several else [answer[field.fact]]
    return [option.key for option in field.options if option.value in kept]


def in_words(question, answer):
    """An answer in the words of its options, for the list of answers."""
    labels = [
        words.say(option.label)
        for field in question.fields
        for option in field.options
        if option.key in _keys(field, answer)
    ]
    return ", ".join(labels) or _("not said")
