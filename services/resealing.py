"""Sealing anew with the newest key, and what is sealed with which."""

from collections import Counter
from dataclasses import dataclass, field

from django.apps import apps
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Left

from services import at_rest
from services.models.sealed import BOX, SealedRow, bound_to

#: So many rows are held at a time.
BATCH = 200


@dataclass
class Resealed:
    """What was sealed anew, and how many boxes no key of the site opens, by the id of their key."""

    rows: int = 0
    shut: Counter = field(default_factory=Counter)


def models():
    """Every model that keeps something sealed."""
    return [model for model in apps.get_models() if issubclass(model, SealedRow)]


def counts():
    """Id of a key -> how many boxes in the database it has sealed; a query for each table."""
    found = Counter()
    for model in models():
        by_key = _boxes(model).values_list(Left(BOX, len(at_rest.newest_prefix())))
        found.update(
            {at_rest.key_id(start): count for start, count in by_key.annotate(Count("pk"))}
        )
    return found


def reseal(told=None):
    """Seal with the newest key whatever an older one has sealed; the `Resealed`.

    Some rows at a time and in no long transaction, so that the site can go on serving. It may be
    stopped at any moment and started again, twice at once too; what is saved meanwhile stays as
    saved. `told(rows so far)` hears of each batch.
    """
    done = Resealed()
    for model in models():
        _reseal(model, done, told)
    return done


def _boxes(model):
    return model._base_manager.exclude(**{BOX: ""}).order_by()


def _reseal(model, done, told):
    old = _boxes(model).exclude(**{f"{BOX}__startswith": at_rest.newest_prefix()}).order_by("pk")
    last = None
    while part := list(
        (old if last is None else old.filter(pk__gt=last)).values_list("pk", BOX, *model.BOUND)[
            :BATCH
        ]
    ):
        with transaction.atomic():
            for pk, box, *bound in part:
                _reseal_row(model, pk, box, bound_to(model, bound), done)
        last = part[-1][0]
        if told:
            told(done.rows)


def _reseal_row(model, pk, box, bound, done):
    purpose = model._meta.label_lower
    try:
        values = at_rest.opened(purpose, bound, box)
    except at_rest.CannotOpenError:
        done.shut[at_rest.key_id(box)] += 1
        return
    # Only while it is the box that was read: somebody may have saved the row since.
    mine = model._base_manager.filter(pk=pk, **{BOX: box})
    done.rows += mine.update(**{BOX: at_rest.seal(purpose, bound, values)})
