from django.db import migrations, models


def box():
    return models.TextField(blank=True, db_default="", default="", editable=False)


class Migration(migrations.Migration):
    """Makes room for what is sealed; code of before goes on as it did."""

    dependencies = [("services", "0009_translated_texts")]

    operations = [
        *(
            migrations.AddField(model, "sealed_details", box())
            for model in ("listingversion", "location", "phone", "service", "sheetimport")
        ),
        migrations.AlterField(
            "listingversion", "state", models.JSONField(editable=False, null=True)
        ),
        migrations.RemoveConstraint("phone", "phone_has_number"),
        migrations.AddConstraint(
            "phone",
            models.CheckConstraint(
                condition=~models.Q(number="") | ~models.Q(sealed_details=""),
                name="phone_has_number",
            ),
        ),
    ]
