from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0002_search_index")]

    operations = [
        migrations.AddField(
            model_name="country",
            name="emergency_numbers",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text='For example: {"any": "112", "police": "101", "ambulance": "112"}',
                verbose_name="emergency numbers",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="loaded_from",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
    ]
