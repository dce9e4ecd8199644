"""Rows that keep what is sealed in a box, and so never as the database could read it.

A model says in `SEALED` which of its columns may be sealed, and in `sealed_columns` which of them
are now. Those are empty in the database, by a constraint that no way of writing passes by; their
values are together in the box `sealed_details`. In Python the row reads as ever: the box is opened
when the first of them is asked for, so who asks for none pays nothing. `values` and `values_list`
give columns as they are in the database; what a box holds they learn from `values_in`.

Where a box cannot be opened, its first text says so and the others are empty. Such a row can be
saved, and its box stays as it is; what is sealed in it can neither be changed nor unsealed.
"""

import datetime
import inspect
import itertools
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.query_utils import DeferredAttribute

from services import at_rest

BOX = "sealed_details"
_NOTHING = ("", None, [], {})
#: Stands where a box cannot be opened. Not translated: it must be known again, whoever reads it.
UNREADABLE = "sealed: cannot be opened"


class ShutError(ValidationError):
    """Something sealed would have been lost."""

    def __init__(self):
        super().__init__(
            "What is sealed here cannot be opened: its key is not in SEALING_KEYS. "
            "Nothing was changed."
        )


class Opening(DeferredAttribute):
    """A column of a row: where it is sealed and not yet known, the box is opened."""

    def __get__(self, instance, cls=None):
        if instance is None:
            return self
        known = instance.__dict__
        if self.field.attname not in known:
            if BOX not in known:
                instance.refresh_from_db(fields=[BOX])
            if known[BOX] and at_rest.is_left_shut():
                return self.field.at_rest
            if known[BOX]:
                instance.open_box()
        return super().__get__(instance, cls)


class _Sealable:
    """A column that is empty in the database where its row is sealed. To migrations it is an ordinary one."""

    descriptor_class = Opening
    at_rest = ""

    def pre_save(self, model_instance, add):
        value = super().pre_save(model_instance, add)
        return self.at_rest if self.attname in model_instance.sealed_columns() else value

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return (
            name,
            f"django.db.models.{type(self).__name__.removeprefix('Sealable')}",
            args,
            kwargs,
        )


class SealableCharField(_Sealable, models.CharField):
    pass


class SealableTextField(_Sealable, models.TextField):
    pass


class SealableEmailField(_Sealable, models.EmailField):
    pass


class SealableURLField(_Sealable, models.URLField):
    pass


class SealableFloatField(_Sealable, models.FloatField):
    at_rest = None


class in_box(property):  # noqa: N801 - read as what a name is
    """Something that is in the box and has no column at all; `at_rest` where nothing is said."""

    def __init__(self, name, at_rest=None):
        super().__init__(self._read, self._write)
        self._name, self.at_rest = name, at_rest

    def _read(self, row):
        known = row.__dict__
        if self._name not in known and not at_rest.is_left_shut() and getattr(row, BOX):
            row.open_box()
        return known.get(self._name, self.at_rest)

    def _write(self, row, value):
        row.__dict__[self._name] = value


class _BoxField(models.TextField):
    """Sealed anew from the row's values whenever it is saved."""

    def pre_save(self, model_instance, add):
        box = model_instance.sealed_box()
        setattr(model_instance, self.attname, box)
        return box

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


class AtRest(models.CheckConstraint):
    """How rows are in the database; in Python they are not so, and saving sees to it."""

    def validate(self, *args, **kwargs):
        pass

    def deconstruct(self):
        _path, args, kwargs = super().deconstruct()
        return "django.db.models.CheckConstraint", args, kwargs


def at_rest_constraints(name, empty=None, when=None):
    """That a box is one, and that the columns of `empty` are empty where `when` holds.

    Where it does not hold there is no box; without `when` it always does.
    """
    is_box = models.Q(sealed_details="") | models.Q(sealed_details__startswith=at_rest.SCHEME)
    found = [AtRest(condition=is_box, name=f"{name}_box_is_one")]
    if empty is not None:
        condition = (when & empty) | (~when & models.Q(sealed_details="")) if when else empty
        found.append(AtRest(condition=condition, name=f"{name}_sealed_at_rest"))
    return found


@dataclass(frozen=True)
class _Opened:
    """A box, the row that it is for, what is in it, and whether that cannot be known."""

    box: str
    bound: str
    values: dict
    is_shut: bool

    def stands_for(self, values, bound):
        """Whether the box can stay as it is; one that holds lists might have been changed in place."""
        if (self.values, self.bound) != (values, bound):
            return False
        is_plain = not any(isinstance(value, list | dict) for value in values.values())
        return self.is_shut or (is_plain and self.box.startswith(at_rest.newest_prefix()))


class SealedUpdates:
    """For a queryset: an update of what is sealed, or of what decides on that, seals each row.

    So it costs a query a row; others are as ever. No signal is sent, as always by `update`.
    """

    def update(self, **values):
        watched = {*self.model.SEALED, *self.model.SEALED_BY}
        if watched.isdisjoint(values) or any(
            _is_expression(values[n]) for n in watched & {*values}
        ):
            # Of an expression nobody knows the value here: the database refuses what would be plain.
            return super().update(**values)
        with transaction.atomic(using=self.db):
            rows = list(self.order_by("pk").select_for_update(of=("self",)))
            for row in rows:
                for name in watched & {*values}:
                    setattr(row, name, values[name])
                plain = self.model._base_manager.using(self.db).filter(pk=row.pk)
                plain.update(**values | row.as_in_database())
        return len(rows)

    update.alters_data = True


def _is_expression(value):
    return hasattr(value, "resolve_expression")


class SealedQuerySet(SealedUpdates, models.QuerySet):
    """Of a model that keeps something sealed."""


class SealedRow(models.Model):
    """A row that can keep something sealed."""

    #: Columns, and what is `in_box`, that may be sealed; the first text says where a box stays shut.
    SEALED = ()
    #: What decides, besides, whether they are.
    SEALED_BY = ()
    #: What a box is bound to, known before the row is written and the same ever after.
    BOUND = ("id",)

    #: The box; empty where nothing is sealed.
    sealed_details = _BoxField(blank=True, default="", db_default="", editable=False)

    objects = SealedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self._know_box()
        named = kwargs.get("update_fields")
        if named is not None and not {BOX, *self.SEALED_BY, *self.SEALED}.isdisjoint(named):
            kwargs["update_fields"] = {*named, BOX, *self._columns()} - (
                set(self.SEALED) - set(self._columns())
            )
        super().save(*args, **kwargs)

    def sealed_columns(self):
        """Those of `SEALED` that are sealed now."""
        return self.SEALED

    @classmethod
    def from_db(cls, db, field_names, values):
        instance = super().from_db(db, field_names, values)
        if instance.__dict__.get(BOX, True):
            instance._shut_box()
        return instance

    def _shut_box(self):
        known = self.__dict__
        known["_opened"] = None
        # Without the box nobody knows which of them it holds.
        names = known["_came_sealed"] = self.sealed_columns() if BOX in known else self.SEALED
        for name in names:
            known.pop(name, None)
        if BOX in known:
            known["_came_as"] = tuple(getattr(self, name) for name in self.BOUND)

    def open_box(self):
        """Read what is in the box into the row, where nothing else was written into it since."""
        known = self.__dict__
        box, bound = known[BOX], bound_to(type(self), known["_came_as"])
        said, is_shut = _values(type(self), bound, box)
        model, names = type(self), known["_came_sealed"]
        values = {name: said.get(name, nothing_in(model, name)) for name in names}
        known["_opened"] = _Opened(box, bound, values, is_shut)
        for name, value in values.items():
            known.setdefault(name, value)

    @property
    def is_shut(self):
        """Whether something is sealed here that cannot be opened."""
        self._know_box()
        opened = self.__dict__.get("_opened")
        return bool(opened and opened.is_shut)

    def _know_box(self):
        known = self.__dict__
        if known.get(BOX) and "_came_as" in known and known.get("_opened") is None:
            self.open_box()

    def refresh_from_db(self, using=None, fields=None, **kwargs):
        if fields is not None and not {BOX, *self.SEALED}.isdisjoint(fields):
            fields = list({*fields, BOX, *self.BOUND, *self._columns()})
        super().refresh_from_db(using=using, fields=fields, **kwargs)
        if fields is None or BOX in fields:
            if self.__dict__.get(BOX):
                self._shut_box()
            else:
                self.__dict__["_opened"] = None

    @classmethod
    def _columns(cls):
        names = {field.attname for field in cls._meta.concrete_fields}
        return [name for name in cls.SEALED if name in names]

    def clean(self):
        """Refuse what would lose something that cannot be opened."""
        super().clean()
        self._refuse_lost(self._now_sealed())

    def sealed_box(self):
        """The box of the row as it is now: the same one where nothing in it has changed."""
        self._know_box()
        known, values, bound = self.__dict__, self._now_sealed(), self._bound_now()
        self._refuse_lost(values)
        opened = known.get("_opened")
        if opened and opened.stands_for(values, bound):
            return opened.box
        if all(value in _NOTHING for value in values.values()):
            known["_opened"] = None
            # One that was given with a row that was not read is a copy of that row as it is.
            return "" if "_came_as" in known else known.get(BOX, "")
        box = at_rest.seal(type(self)._meta.label_lower, bound, values)
        known["_opened"] = _Opened(box, bound, values, False)
        known["_came_sealed"] = tuple(values)
        known["_came_as"] = tuple(getattr(self, name) for name in self.BOUND)
        return box

    def as_in_database(self):
        """Name -> value of the box and of each column that may be sealed, as they are to be written."""
        fields = [self._meta.get_field(name) for name in (BOX, *self._columns())]
        return {field.attname: field.pre_save(self, False) for field in fields}

    def _now_sealed(self):
        return {name: getattr(self, name) for name in self.sealed_columns()}

    def _bound_now(self):
        return bound_to(type(self), [getattr(self, name) for name in self.BOUND])

    def _refuse_lost(self, values):
        opened = self.__dict__.get("_opened")
        if opened and opened.is_shut:
            if (opened.values, opened.bound) != (values, self._bound_now()):
                raise ShutError
        elif UNREADABLE in values.values() or any(
            self.__dict__.get(name) == UNREADABLE for name in self.SEALED
        ):
            # Copied from a row that could not be opened, which it is to take the place of.
            raise ShutError


def bound_to(model, values):
    """What a box of this model is bound to, given the values of `BOUND`."""
    return "|".join(
        _written(model._meta.get_field(name.removesuffix("_id")), value)
        for name, value in zip(model.BOUND, values, strict=True)
    )


def _written(field, value):
    """A value as text, the same however it was said."""
    value = (field.target_field if field.is_relation else field).to_python(value)
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat()
    return str(value)


def values_in(model, box, *bound):
    """Name -> value of what is in a box of this model, given its row's `BOUND`; empty without a box.

    What is sealed and not among them is empty.
    """
    if not box or at_rest.is_left_shut():
        return {}
    return _values(model, bound_to(model, bound), box)[0]


def _values(model, bound, box):
    """(what is in a box, whether it cannot be opened)."""
    try:
        return at_rest.opened(model._meta.label_lower, bound, box), False
    except at_rest.CannotOpenError:
        texts = (name for name in model.SEALED if nothing_in(model, name) == "")
        return dict.fromkeys(itertools.islice(texts, 1), UNREADABLE), True


def nothing_in(model, name):
    """What a column of `SEALED` is where nothing is said."""
    found = inspect.getattr_static(model, name)
    return found.at_rest if isinstance(found, in_box) else found.field.at_rest
