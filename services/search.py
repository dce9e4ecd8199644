"""Text search: one normalised text a service, searched the same way on every database.

The text holds what everybody may know: names, summaries, other names, the organisation, the words
of its needs and groups and the names of the languages spoken, in all languages, and a public town
and street. Never a note, never a place that is sealed, confidential or for professionals.
After a change of what it holds `manage.py rebuild_search` brings every text up to date.
"""

import functools
import unicodedata
from collections import Counter

from django.conf import settings
from django.db.models import Q
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver
from django.utils.translation import override
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from services import bulk
from services.languages import language_name
from services.models import (
    Location,
    Need,
    Organization,
    Service,
    ServiceAtLocation,
    ServiceLanguage,
    TargetGroup,
)
from services.visibility import Visibility

#: Letters that Unicode does not take apart into a base letter and an accent.
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
#: What takes the long way to the same for most texts.
_ASCII = {code: " " for code in range(128) if not chr(code).isalnum()}


#: More than all languages of a city need; searches may hold any.
CHARACTERS_KEPT = 5_000


class _Kept(dict):
    """What `normalise` leaves of each character, by its number; of the first few thousand looked up once."""

    def __missing__(self, code):
        letter = chr(code)
        kept = (letter if letter.isalnum() else " ") * (not unicodedata.combining(letter))
        if len(self) < CHARACTERS_KEPT:
            self[code] = kept
        return kept


_KEPT = _Kept()
#: A word this short counts only as a whole (“men” is in “women”, it begins “mental”), ...
WHOLE_UP_TO = 3
#: ... and from this length on it is also found inside another one (“frauen” in “Mädchenfrauenhaus”).
INSIDE_FROM = 5
#: A word shorter than this is too short to guess at.
GUESSED_FROM = 4
#: So many words of a search are put right, and no more.
CORRECTED = 5
#: SQLite refuses a query that names a thousand rows one by one.
REBUILT_AT_ONCE = 500
#: From this length on two typing errors are forgiven, below it one.
LONG_WORD = 9


def normalise(text):
    """Lower case, no accents, everything but letters and digits a single space."""
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII).split())
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join(apart.translate(_KEPT).split())


def words_of(text):
    """The words of a search as typed, each once, without those that have no letter or digit."""
    return list(dict.fromkeys(word for word in text.split() if normalise(word)))


def matching(text):
    """The condition that every word of a text occurs in a service's search text."""
    condition = Q()
    for word in normalise(text).split():
        condition &= Q(search_text__contains=_bounded(word))
    return condition


def bears(text, searched):
    """Whether a text has every word of another, by the same rule as `matching`."""
    return _has(f" {normalise(text)} ", normalise(searched).split())


def _has(search_text, words):
    return all(_bounded(word) in search_text for word in words)


def _bounded(word):
    """A normalised word with the spaces that must stand around it in a search text."""
    if len(word) <= WHOLE_UP_TO:
        return f" {word} "
    return word if len(word) >= INSIDE_FROM else f" {word}"


def did_you_mean(text, services):
    """The same search with mistyped words put right from the words of these services, or None.

    Costs one query. Give it the services a reader may know of: no other word is ever suggested.
    """
    texts = list(services.values_list("search_text", flat=True))
    words = normalise(text).split()
    unknown = {word for word in words if not any(_has(text, [word]) for text in texts)}
    if not 0 < len(unknown) <= CORRECTED:
        return None
    vocabulary = _vocabulary(texts)
    better = [_nearest(word, vocabulary) if word in unknown else word for word in words]
    return " ".join(better) if any(_has(text, better) for text in texts) else None


def _vocabulary(texts):
    """The words of these texts, the commonest first: it wins among equally near ones."""
    counted = Counter(known for text in texts for known in text.split() if len(known) > 2)
    return [known for known, _times in counted.most_common()]


def _nearest(word, vocabulary):
    if len(word) < GUESSED_FROM:
        return word
    nearest = process.extractOne(
        word,
        vocabulary,
        scorer=DamerauLevenshtein.distance,
        score_cutoff=2 if len(word) >= LONG_WORD else 1,
    )
    return nearest[0] if nearest else word


def rebuild(services):
    """Bring the search text of these services up to date; about nine queries for so many at once."""
    pks = [service.pk for service in services]
    for start in range(0, len(pks), REBUILT_AT_ONCE):
        _rebuild(pks[start : start + REBUILT_AT_ONCE])


def _rebuild(pks):
    services = Service.objects.filter(pk__in=pks)
    services = services.select_related("organization").prefetch_related(
        "translations",
        "needs__translations",
        "target_groups__translations",
        "spoken",
        "sites__location",
    )
    stale = [service for service in services if _outdated(service)]
    Service.objects.bulk_update(stale, ["search_text"], batch_size=200)


def _outdated(service):
    text = text_of(service)
    changed = text != service.search_text
    service.search_text = text
    return changed


def text_of(service):
    """What a service can be found by, each phrase once, with a space at both ends."""
    parts = [service.official_name, service.organization.name, *map(str, service.aliases)]
    for words in service.translations.all():
        parts += [words.name, words.summary]
    for term in (*service.needs.all(), *service.target_groups.all()):
        for words in term.translations.all():
            parts += [words.name, *words.synonyms]
    parts += _spoken(service)
    parts += _public_places(service)
    phrases = dict.fromkeys(normalise(part) for part in parts)
    return f" {' '.join(filter(None, phrases))} "


def _spoken(service):
    for spoken in service.spoken.all():
        yield from _names_of(spoken.tag)


@functools.cache
def _names_of(tag):
    """What a language is called in each language of the site."""
    names = []
    for code, _label in settings.LANGUAGES:
        with override(code):
            names.append(language_name(tag))
    return tuple(names)


def _public_places(service):
    if service.confidential:
        return
    for site in service.sites.all():
        place = site.location
        if place.visibility == Visibility.PUBLIC and not place.confidential:
            yield from (place.street, place.postal_code, place.town)


@receiver([post_save, post_delete])
def on_change(sender, instance, signal, **_kwargs):
    """A bulk import rebuilds at its end; every other change at once."""
    if bulk.is_running():
        return
    term_gone = signal is post_delete and sender in (Need, TargetGroup)
    affected = Service.objects.all() if term_gone else _affected(sender, instance)
    if affected is not None:
        rebuild(affected)


def _affected(sender, instance):
    services = Service.objects.all()
    if sender is Service:
        return services.filter(pk=instance.pk)
    if sender is Service._parler_meta.root_model:
        return services.filter(pk=instance.master_id)
    if sender in (ServiceAtLocation, ServiceLanguage):
        return services.filter(pk=instance.service_id)
    if sender is Location:
        return services.filter(sites__location=instance.pk)
    if sender is Organization:
        return services.filter(organization=instance.pk)
    return _filed_under(services, sender, instance)


def _filed_under(services, sender, instance):
    for relation, model in (("needs", Need), ("target_groups", TargetGroup)):
        if sender is model:
            return services.filter(**{relation: instance.pk})
        if sender is model._parler_meta.root_model:
            return services.filter(**{relation: instance.master_id})
    return None


@receiver(m2m_changed)
def on_relation(sender, instance, action, pk_set, **_kwargs):
    through = (Service.needs.through, Service.target_groups.through)
    if sender not in through or not action.startswith("post") or bulk.is_running():
        return
    if isinstance(instance, Service):
        rebuild([instance])
    elif pk_set is None:  # a term was taken from all its services: which, is no longer known
        rebuild(Service.objects.all())
    else:
        rebuild(Service.objects.filter(pk__in=pk_set))
