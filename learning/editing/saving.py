"""What saving a form does to a passage: who and when, and a sign-off that holds for what was signed."""

from django.utils import timezone

from learning.models import PassageVersion
from learning.reading import ENGLISH
from learning.text import fingerprint
from learning.versions import kept

FIELDS = ("sources", "reviewed_on", "reviewer_role", "next_review", "signed_off_by", "is_shown")
FORM = PassageVersion.Way.FORM


def save_passage(code, values, user):
    """Save the English and what stands behind it; whether a sign-off fell because the text changed.

    Raises `ChangedMeanwhileError`.
    """
    with kept(code, FORM, user, seen=values["seen"]) as passage:
        english = passage.translations.get(language_code=ENGLISH)
        is_new_text = (english.title, english.body) != (values["title"], values["body"])
        signed = passage.signed_off_by
        is_fallen = bool(signed) and is_new_text and values["signed_off_by"] == signed
        for name in FIELDS:
            setattr(passage, name, values[name])
        if is_fallen:
            passage.signed_off_by = ""
        passage.edited_at, passage.edited_by = timezone.now(), user
        passage.save()
        english.title, english.body = values["title"], values["body"]
        english.words_edited_at = passage.edited_at
        english.save()
    return is_fallen


def save_words(code, language, values, user):
    """Save the words in a language, as made from the English of now. Raises `ChangedMeanwhileError`."""
    with kept(code, FORM, user, seen=values["seen"]) as passage:
        english = passage.translations.get(language_code=ENGLISH)
        passage.translations.update_or_create(
            master=passage,
            language_code=language,
            defaults={
                "title": values["title"],
                "body": values["body"],
                "source": fingerprint(english.title, english.body),
                "is_draft": not values["is_checked"],
                "words_edited_at": timezone.now(),
            },
        )
