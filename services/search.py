"""Text search: one normalised text a service, searched the same way on every database.

The text holds what everybody may know: names, summaries, other names, the organisation, the words
of its needs and groups in all languages, and a public town and street. Never a note, never a
place that is sealed, confidential or for professionals.
"""

import unicodedata
from collections import Counter

from django.db.models import Q
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from services import versions
from services.models import Location, Need, Organization, Service, ServiceAtLocation, TargetGroup
from services.visibility import Visibility

#: Letters that Unicode does not take apart into a base letter and an accent.
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
#: A word shorter than this is too short to guess at.
GUESSED_FROM = 4
#: From this length on two typing errors are forgiven, below it one.
LONG_WORD = 9


def normalise(text):
    """Lower case, no accents, everything but letters and digits a single space."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    kept = (c if c.isalnum() else " " for c in apart if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def matching(text):
    """The condition that every word of a text occurs in a service's search text."""
    condition = Q()
    for word in normalise(text).split():
        condition &= Q(search_text__contains=word)
    return condition


def did_you_mean(text, services):
    """The same search with mistyped words put right from the words of these services, or None.

    Costs one query. Give it the services a reader may know of: no other word is ever suggested.
    """
    texts = list(services.values_list("search_text", flat=True))
    words = normalise(text).split()
    better = [_nearest(word, texts) for word in words]
    found = any(all(word in text for word in better) for text in texts)
    return " ".join(better) if found and better != words else None


def _nearest(word, texts):
    if len(word) < GUESSED_FROM or any(word in text for text in texts):
        return word
    # The commonest word first: it wins among equally near ones.
    counted = Counter(known for text in texts for known in text.split() if len(known) > 2)
    vocabulary = [known for known, _times in counted.most_common()]
    nearest = process.extractOne(
        word,
        vocabulary,
        scorer=DamerauLevenshtein.distance,
        score_cutoff=2 if len(word) >= LONG_WORD else 1,
    )
    return nearest[0] if nearest else word


def rebuild(services):
    """Bring the search text of these services up to date; about eight queries."""
    services = Service.objects.filter(pk__in=[service.pk for service in services])
    services = services.select_related("organization").prefetch_related(
        "translations", "needs__translations", "target_groups__translations", "sites__location"
    )
    stale = [service for service in services if _outdated(service)]
    Service.objects.bulk_update(stale, ["search_text"], batch_size=200)


def _outdated(service):
    text = text_of(service)
    changed = text != service.search_text
    service.search_text = text
    return changed


def text_of(service):
    """What a service can be found by, each phrase once."""
    parts = [service.official_name, service.organization.name, *map(str, service.aliases)]
    for words in service.translations.all():
        parts += [words.name, words.summary]
    for term in (*service.needs.all(), *service.target_groups.all()):
        for words in term.translations.all():
            parts += [words.name, *words.synonyms]
    parts += _public_places(service)
    phrases = dict.fromkeys(normalise(part) for part in parts)
    return " ".join(filter(None, phrases))


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
    if versions.is_paused():
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
    if sender is ServiceAtLocation:
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
    if sender not in through or not action.startswith("post") or versions.is_paused():
        return
    if isinstance(instance, Service):
        rebuild([instance])
    elif pk_set is None:  # a term was taken from all its services: which, is no longer known
        rebuild(Service.objects.all())
    else:
        rebuild(Service.objects.filter(pk__in=pk_set))
