from django.db import migrations, models

from services import sealing_of_old

SEALED = models.Q(visibility="sealed")
NO_PLACE = models.Q(street="", postal_code="", town="", note="") & models.Q(
    latitude__isnull=True, longitude__isnull=True
)
AT_REST = {
    "location": (SEALED & NO_PLACE) | (~SEALED & models.Q(sealed_details="")),
    "phone": (SEALED & models.Q(number="", note="")) | (~SEALED & models.Q(sealed_details="")),
    "service": models.Q(sealed_note="")
    & (~SEALED | models.Q(email="", website="", professional_note="")),
}
BOXES = {
    "listing_version": "listingversion",
    "location": "location",
    "phone": "phone",
    "service": "service",
    "sheet_import": "sheetimport",
}


def add(model, name, condition):
    return migrations.AddConstraint(model, models.CheckConstraint(condition=condition, name=name))


class Migration(migrations.Migration):
    """From here on the database refuses what is sealed unless it is in a box.

    Code of before can still read, but no longer write what is sealed, nor versions.
    """

    dependencies = [("services", "0011_seal")]

    operations = [
        # What code of before wrote since.
        migrations.RunPython(sealing_of_old.seal, migrations.RunPython.noop),
        migrations.RemoveField("listingversion", "state"),
        migrations.RemoveField("sheetimport", "content"),
        migrations.RemoveField("sheetimport", "result"),
        *(
            add(
                model,
                f"{name}_box_is_one",
                models.Q(sealed_details="") | models.Q(sealed_details__startswith="s1."),
            )
            for name, model in BOXES.items()
        ),
        *(add(model, f"{model}_sealed_at_rest", condition) for model, condition in AT_REST.items()),
    ]
