"""Texts of listings in a template: their language, and what a reader must know of a translation."""

from django import template
from django.utils.html import escape, format_html
from django.utils.translation import get_language, gettext

from services.languages import language_name

register = template.Library()


@register.simple_tag
def lang_of(text, language=None):
    """` lang="nl"` where a text (or a `language`) is not in the page's language, else nothing."""
    language = language or getattr(text, "language", "")
    if not language or language == get_language():
        return ""
    return format_html(' lang="{}"', language)


@register.simple_tag
def said(text, shown=None):
    """A text inside a line, with a short mark; `shown` is what stands for it, such as its beginning."""
    shown = text if shown is None else shown
    lang = lang_of(text)
    inside = format_html("<span{}>{}</span>", lang, shown) if lang else escape(shown)
    if getattr(text, "is_older", False):
        return inside + _mark(gettext("older translation"))
    if getattr(text, "is_draft", False):
        return inside + _mark(gettext("machine draft"))
    return inside


@register.simple_tag
def older_mark(name):
    """A mark after a name that is an older translation; that names are drafts is said of the page."""
    return _mark(gettext("older translation")) if getattr(name, "is_older", False) else ""


def _mark(words):
    return format_html(' <small class="mark">({})</small>', words)


@register.inclusion_tag("components/wording.html")
def marks(text):
    """What stands below a text: that nobody checked it, that another one is newer, and which."""
    return {"text": text, "language": language_name(getattr(text, "newer_language", ""))}


@register.inclusion_tag("components/drafts.html")
def drafts_line(*several):
    """One line below listings (or what has a `listing`) if a machine drafted some of their texts."""
    found = (getattr(one, "listing", one) for some in several for one in some)
    return {"has_drafts": any(listing.has_drafts for listing in found)}
