"""Which listings a row belongs to: what changes with it when it changes."""

from services import models

#: Rows that hang on one service.
PARTS = (
    models.Phone,
    models.ServiceLanguage,
    models.Criterion,
    models.Source,
    models.Mark,
    models.Confirmation,
    models.ServiceAtLocation,
)
#: Rows that several services share, with the relation that leads to their services.
SHARED = {
    models.Organization: "organization",
    models.Location: "sites__location",
    models.Need: "needs",
    models.TargetGroup: "target_groups",
    models.Country: "country",
    models.City: "cities",
}
RELATIONS = (
    models.Service.cities.through,
    models.Service.needs.through,
    models.Service.target_groups.through,
)


def affected_ids(sender, instance):
    """The ids of the services that show a row; a query for what services share, else none."""
    if sender is models.Service:
        return {instance.pk}
    if sender is models.Service._parler_meta.root_model:
        return {instance.master_id}
    if sender in PARTS:
        return {instance.service_id}
    for model, relation in SHARED.items():
        if sender is model:
            return _ids(**{relation: instance.pk})
        if sender is _words_of(model):
            return _ids(**{relation: instance.master_id})
    return set()


def _words_of(model):
    return getattr(getattr(model, "_parler_meta", None), "root_model", None)


def _ids(**filed):
    return set(models.Service.objects.filter(**filed).values_list("pk", flat=True))
