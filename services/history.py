"""Every change of a listing is kept as a version of the whole, with who made it and by which way.

What a transaction touches is noted as it stands before; after the commit, or when `settle` is
called inside, a version is written for each listing that differs from its last one. The first
version of a listing is how it stood before its first change: loading the files writes none.
"""

from django.db import connection, transaction
from django.db.models import Max
from django.db.models.signals import m2m_changed, post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.utils import timezone

from services import acting, bulk, models, snapshots
from services.affected import RELATIONS, affected_ids
from services.models import ListingVersion, Service

#: Of so many listings at once the versions are written.
BATCH = 500
#: What a version holds hangs on these; confirmations age and are no part of a version.
KEPT = frozenset(
    {
        models.Service,
        models.Service._parler_meta.root_model,
        models.Phone,
        models.ServiceLanguage,
        models.Criterion,
        models.Source,
        models.Mark,
        models.ServiceAtLocation,
        models.Location,
    }
)


class _Noted:
    """What a transaction touched: how it stood before, and who did it. Writes versions once committed."""

    def __init__(self):
        self.before = {}
        self.actors = {}
        self.loaded = set()

    def __call__(self):
        write(self)

    def begin(self, service_id):
        """A new listing: nothing was before. One of many loaded at once begins with its first edit."""
        if service_id not in self.before:
            self.before[service_id] = None
            if bulk.is_running():
                self.loaded.add(service_id)
        self.actors[service_id] = acting.current()

    def touch(self, service_ids):
        """Keep how these stand, unless that is known; a query, and eleven where none has a version."""
        actor = acting.current()
        new = [pk for pk in service_ids if pk not in self.before]
        self.actors.update(dict.fromkeys(service_ids, actor))
        if new:
            with_version = ListingVersion.objects.filter(service__in=new).order_by()
            known = set(with_version.values_list("service_id", flat=True).distinct())
            self.before.update(dict.fromkeys(new))
            self.before.update(snapshots.take_with_time([pk for pk in new if pk not in known]))


def keep_before(service_ids):
    """Say that these listings are about to be written without the signals of single rows."""
    ids = list(service_ids)
    for start in range(0, len(ids), BATCH):
        _noted().touch(ids[start : start + BATCH])


def settle():
    """Write now, inside the transaction, the versions of what it has changed so far."""
    noted = _noted()
    write(noted)
    noted.__init__()


def write(noted):
    """The versions of what was noted, where they differ from the last ones."""
    ids = [pk for pk in noted.before if pk not in noted.loaded]
    for start in range(0, len(ids), BATCH):
        _write(ids[start : start + BATCH], noted)


def _write(ids, noted):
    after, last, now = snapshots.take(ids), _last_states(ids), timezone.now()
    rows = []
    for pk, state in after.items():
        before, when = noted.before[pk] or (None, None)
        previous = last.get(pk, before)
        if state == previous:
            continue
        if pk not in last and before:
            rows.append(
                ListingVersion(service_id=pk, made_at=when, way=acting.Way.COMMAND, state=before)
            )
        actor = noted.actors[pk]
        rows.append(
            ListingVersion(
                service_id=pk, made_at=now, user_id=actor.user_id, way=actor.way, state=state
            )
        )
    ListingVersion.objects.bulk_create(rows)


def _last_states(ids):
    """Service id -> the state of its last version; None where that cannot be opened."""
    latest = (
        ListingVersion.objects.filter(service__in=ids)
        .order_by()
        .values("service")
        .annotate(latest=Max("id"))
    )
    rows = ListingVersion.objects.filter(pk__in=latest.values("latest")).order_by()
    return {row.service_id: row.state for row in rows}


def _noted():
    """The `_Noted` of this transaction, which ends with it however it ends; or of this one save."""
    if not connection.in_atomic_block:
        return _alone()
    hooks = (hook for _savepoints, hook, *_rest in connection.run_on_commit)
    known = next((hook for hook in hooks if isinstance(hook, _Noted)), None)
    if known is None:
        known = _Noted()
        # Should it fail, the edit stands all the same; the next version then tells both.
        transaction.on_commit(known, robust=True)
    return known


def _alone():
    """What a save outside any transaction touches; it is written when that is done."""
    if not hasattr(connection, "_history_alone"):
        connection._history_alone = _Noted()
    return connection._history_alone


@receiver([pre_save, pre_delete])
def before_change(sender, instance, **details):
    """Something of a listing is about to be saved or deleted."""
    if sender not in KEPT or details.get("raw") or _goes_with_its_service(details):
        return
    if not connection.in_atomic_block:
        connection._history_alone = _Noted()
    if sender in (Service, models.Location) and instance._state.adding:
        return
    ids = affected_ids(sender, instance)
    if ids:
        _noted().touch(ids)


@receiver(post_save)
def after_save(sender, instance, created, raw=False, **_details):
    """A new listing begins once it has its key; outside a transaction every save is a change of its own."""
    if sender is Service and created and not raw:
        _noted().begin(instance.pk)
    if sender in KEPT and not connection.in_atomic_block:
        settle()


@receiver(m2m_changed)
def on_relation(sender, instance, action, pk_set, **_details):
    """What a listing is filed under is about to change, from either side."""
    if sender not in RELATIONS or not action.startswith("pre_"):
        return
    if isinstance(instance, Service):
        _noted().touch({instance.pk})
    else:
        _noted().touch(pk_set if pk_set is not None else affected_ids(type(instance), instance))


def _goes_with_its_service(details):
    """A deleted listing takes its parts and its versions along."""
    origin = details.get("origin")
    return getattr(origin, "model", type(origin)) is Service
