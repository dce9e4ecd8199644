"""What a text of a listing was translated from, and so whether it is a draft, or older than that.

Each translation keeps by field the language and the text that it was made from. As long as that
text stands the translation is of today; once it has changed, pages show the translation with a mark.
A text without an origin is an original. `services.translating.weighing` decides at each save.
"""

from services.listing import Wording


def origin(language, text, *, is_draft=False):
    """What to keep of a translation: the language and the text that it was made from."""
    made = {"from": language, "of": text}
    return made | {"draft": True} if is_draft else made


def is_draft(row, field):
    return row.origins.get(field, {}).get("draft", False)


def is_older(rows, language, field):
    """Whether the text was made from one that has changed since. `rows` are all, by language."""
    made = rows[language].origins.get(field)
    source = rows.get(made["from"]) if made else None
    return source is not None and getattr(source, field) != made["of"]


def is_gone(rows, language, field):
    """Whether a text is the translation of one that was taken out since."""
    return is_older(rows, language, field) and not getattr(
        rows[rows[language].origins[field]["from"]], field
    )


def wording(rows, language, field):
    """The `Wording` of a text that there is. `rows` are all of the service, by language."""
    row = rows[language]
    older = is_older(rows, language, field)
    source = row.origins[field]["from"] if older else ""
    return Wording(
        getattr(row, field),
        language,
        is_draft=is_draft(row, field),
        is_older=older,
        newer=(getattr(rows[source], field), source) if older else ("", ""),
    )


def as_they_are(row):
    """Say that the origins of this row are what they are to be: the next save works none out."""
    row.origins_stand = True
