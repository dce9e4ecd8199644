"""Fields of our own."""

from django.db import models


class _LeftBySaving:
    """Saving a row that is there leaves the field as it is; only `QuerySet.update` sets it.

    A form that stood open while somebody else set it would otherwise save the old value back.
    """

    def pre_save(self, model_instance, add):
        return super().pre_save(model_instance, add) if add else models.F(self.attname)


class SetByUpdateAlone(_LeftBySaving, models.BooleanField):
    """A yes or no that saving leaves as it is."""


class MomentSetByUpdateAlone(_LeftBySaving, models.DateTimeField):
    """A moment that saving leaves as it is."""


class NumberSetByUpdateAlone(_LeftBySaving, models.PositiveBigIntegerField):
    """A number that saving leaves as it is."""
