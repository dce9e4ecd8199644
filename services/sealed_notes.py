"""Translations of notes stand with the texts of a service; those of what is sealed must not stay there.

A translation is kept by the note itself, so it would hold in the clear what a box hides.
"""

from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver

from services.models import Location, Phone, Service
from services.visibility import Visibility

Words = Service._parler_meta.root_model


@receiver(post_save, sender=Phone)
@receiver(post_save, sender=Location)
def on_sealing(sender, instance, raw=False, **_details):
    """Take translations of a note away when what it is of is sealed; a query where there is a note."""
    if raw or instance.visibility != Visibility.SEALED or not instance.note:
        return
    services = [instance.service_id] if sender is Phone else _at(instance)
    for row in Words.objects.filter(master__in=services).exclude(notes={}):
        if instance.note in row.notes:
            kept = _without_sealed(row)
            if kept != row.notes:
                Words.objects.filter(pk=row.pk).update(notes=kept)


@receiver(pre_save, sender=Words)
def on_words(instance, raw=False, **_details):
    """Nor do they come back with an earlier version, or by an import; three queries where there are notes."""
    if not raw and instance.notes and instance.master_id:
        instance.notes = _without_sealed(instance)


def _at(location):
    return Service.objects.filter(sites__location=location).values("pk")


def _without_sealed(row):
    """The translations of notes that are not of sealed phones and places alone."""
    sealed, others = _notes_of(row.master_id)
    closed = sealed - others
    return {source: one for source, one in row.notes.items() if source not in closed}


def _notes_of(service):
    sealed, others = set(), set()
    for rows in (
        Phone.objects.filter(service=service),
        Location.objects.filter(sites__service=service),
    ):
        for row in rows.order_by():
            (sealed if row.visibility == Visibility.SEALED else others).add(row.note)
    return sealed, others
