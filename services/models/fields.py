"""Fields of our own."""

from django.db import models


class SetByUpdateAlone(models.BooleanField):
    """A yes or no that saving a row that is there leaves as it is; only `QuerySet.update` sets it.

    A form that stood open while somebody else set it would otherwise save the old answer back.
    """

    def pre_save(self, model_instance, add):
        return super().pre_save(model_instance, add) if add else models.F(self.attname)
