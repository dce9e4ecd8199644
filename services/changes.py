"""Every change of a listing, in an order that a reader can follow without missing or repeating one.

A change is *recorded* in the transaction that makes it and *numbered* after that has been
committed, under a lock: a number that can be seen has no lower one still to come. Several
changes of one service in one transaction, with nothing between them, are told as one.
"""

from django.db import connection, transaction
from django.db.models import Max, Q
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.utils import timezone

from services import bulk, webhooks
from services.affected import PARTS, RELATIONS, SHARED, affected_ids
from services.models import Change, ChangeCounter, City, Service
from services.visibility import Audience, Visibility

#: Of so many changes at once each batch is written.
BATCH = 500


def record(service_ids):
    """Note that these services, or something that hangs on them, changed in this transaction.

    Moves their `last_modified`. Five queries whatever their number, and two a batch.
    """
    service_ids = sorted(service_ids)
    with transaction.atomic():
        recorded = _recorded_here()
        for start in range(0, len(service_ids), BATCH):
            _record(service_ids[start : start + BATCH], recorded)


class _Recorded:
    """What the transaction that runs has recorded last; numbers it all once that is committed."""

    last = None

    def __call__(self):
        number()

    def absorbs(self, row):
        """Whether the change before this one was of the same service and now tells this one too.

        An edit has many parts, and the first of them are not yet the whole.
        """
        last = self.last
        if not (last and last.service == row.service and last.after and row.after):
            return False
        last.after = row.after
        return bool(Change.objects.filter(pk=last.pk, number=None).update(after=row.after))


def _recorded_here():
    """The one `_Recorded` of this transaction, which ends with it however it ends."""
    hooks = (hook for _savepoints, hook, *_rest in connection.run_on_commit)
    known = next((hook for hook in hooks if isinstance(hook, _Recorded)), None)
    if known is None:
        known = _Recorded()
        # Should it fail, the edit stands all the same, and whoever reads next gives the numbers.
        transaction.on_commit(known, robust=True)
    return known


def _record(service_ids, recorded):
    # First: it waits for whoever else changes the same service, and so comes after them.
    Service.objects.filter(pk__in=service_ids).update(last_modified=timezone.now())
    before, after = _last_seen(service_ids), _seen_now(service_ids)
    rows = [
        Change(service=pk, before=before.get(pk), after=after.get(pk))
        for pk in service_ids
        if before.get(pk) or after.get(pk)
    ]
    if len(rows) == 1 and recorded.absorbs(rows[0]):
        return
    Change.objects.bulk_create(rows)
    if rows:
        recorded.last = rows[-1]


def _last_seen(service_ids):
    """Service id -> how it could be seen after its last change."""
    latest = (
        Change.objects.filter(service__in=service_ids)
        .order_by()
        .values("service")
        .annotate(latest=Max("id"))
    )
    rows = Change.objects.filter(pk__in=latest.values("latest"))
    return dict(rows.values_list("service", "after"))


def _seen_now(service_ids):
    """Service id -> how it can be seen, of those that somebody may see by the API."""
    services = Service.objects.visible_to(Audience.PROFESSIONAL).filter(pk__in=service_ids)
    rows = services.values_list("pk", "visibility", "reach", "country_id")
    cities = {}
    links = Service.cities.through.objects.filter(service_id__in=service_ids)
    for pk, city in links.values_list("service_id", "city_id"):
        cities.setdefault(pk, []).append(str(city))
    return {
        pk: {
            "visibility": visibility,
            "reach": reach,
            "country": country,
            "cities": sorted(cities.get(pk, [])),
        }
        for pk, visibility, reach, country in rows
    }


def number():
    """Give every committed change its number; one query where there is none waiting."""
    if not Change.objects.filter(number=None).exists():
        return
    with transaction.atomic():
        ChangeCounter.objects.get_or_create(pk=1)
        counter = ChangeCounter.objects.select_for_update().get(pk=1)
        rows = list(Change.objects.filter(number=None).order_by("id"))
        for row in rows:
            _number(row, counter)
        Change.objects.bulk_update(rows, ["number", "public_number"], batch_size=BATCH)
        counter.save()
        _tell_cities(rows, counter)
        webhooks.queue(row for row in rows if row.before)


def _number(row, counter):
    counter.last += 1
    row.number = counter.last
    if any(map(_is_public, _sights(row))):
        counter.last_public += 1
        row.public_number = counter.last_public


def _sights(row):
    """How the service could be seen before and after, where it could."""
    return [seen for seen in (row.before, row.after) if seen]


def _is_public(seen):
    return seen["visibility"] == Visibility.PUBLIC


def _tell_cities(rows, counter):
    """Let the cities where something of these rows can be noticed know; two queries."""
    sights = [seen for row in rows for seen in _sights(row)]
    _cities_of(sights).update(last_change=counter.last)
    # A change that was public before or after is noticed wherever either was.
    public = [seen for row in rows if row.public_number for seen in _sights(row)]
    _cities_of(public).update(last_public_change=counter.last_public)


def _cities_of(sights):
    if any(seen["reach"] == Service.Reach.EUROPEAN for seen in sights):
        return City.objects.all()
    national = {s["country"] for s in sights if s["reach"] == Service.Reach.NATIONAL}
    own = {city for seen in sights for city in seen["cities"]}
    return City.objects.filter(Q(pk__in=own) | Q(country__in=national))


def note(service_ids):
    """Record at once, or at the end of a bulk import."""
    if bulk.is_running():
        bulk.touch(service_ids)
    elif service_ids:
        record(service_ids)


@receiver([post_save, post_delete])
def on_change(sender, instance, signal, **details):
    """Whatever was saved or deleted: the services that show it have changed."""
    if details.get("raw") or _is_new(sender, details) or _goes_with_its_service(sender, details):
        return
    gone = instance.__dict__.pop("_services_before", None)
    note(affected_ids(sender, instance) if gone is None else gone)


def _is_new(sender, details):
    """What services share belongs to none yet when it is made."""
    return sender in SHARED and details.get("created", False)


def _goes_with_its_service(sender, details):
    """A deleted service takes its parts along: that is one change, told by the service."""
    origin = details.get("origin")
    model = origin.model if hasattr(origin, "model") else type(origin)
    parts = (*PARTS, Service._parler_meta.root_model)
    return sender in parts and model is Service


@receiver(pre_delete)
def before_delete(sender, instance, **_details):
    """Afterwards the services that showed it are no longer known."""
    if sender in SHARED:
        instance._services_before = affected_ids(sender, instance)


@receiver(m2m_changed)
def on_relation(sender, instance, action, pk_set, **_details):
    """What a service is filed under, changed from either side."""
    if sender not in RELATIONS:
        return
    if action == "pre_clear" and not isinstance(instance, Service):
        instance._services_before = affected_ids(type(instance), instance)
    if action.startswith("post_"):
        note(_ids_of(instance, pk_set))


def _ids_of(instance, pk_set):
    if isinstance(instance, Service):
        return {instance.pk}
    return pk_set if pk_set is not None else instance.__dict__.pop("_services_before", set())
