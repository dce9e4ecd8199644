from django.db import migrations, models

import services.models.places


class Migration(migrations.Migration):
    dependencies = [("services", "0003_country_emergency")]

    operations = [
        migrations.AlterField(
            model_name="city",
            name="slug",
            field=models.SlugField(
                unique=True,
                validators=[services.models.places.validate_city_slug],
                verbose_name="address in the site",
            ),
        ),
    ]
