from django.db import migrations

from services import sealing_of_old


class Migration(migrations.Migration):
    """Seals what is there, some hundred rows at a time; may be stopped and started again."""

    atomic = False

    dependencies = [("services", "0010_sealed_details")]

    operations = [migrations.RunPython(sealing_of_old.seal, sealing_of_old.unseal)]
