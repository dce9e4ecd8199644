from django.db import migrations, models

KINDS = {
    "signed-in": "signed in",
    "sign-in-failed": "wrong password or code",
    "invited": "invited",
    "withdrawn": "invitation withdrawn",
    "accepted": "accepted the invitation",
    "role-changed": "role changed",
    "role-removed": "role taken away",
    "factor-added": "second step added",
    "factor-removed": "second step removed",
    "codes-made": "new recovery codes made",
    "code-used": "recovery code used",
    "restored": "lost second step restored",
    "password-changed": "password changed",
    "password-reset": "password reset by mail",
}


def forget_failures(apps, schema_editor):
    """The release before knows of none, and its constraint takes none."""
    apps.get_model("accounts", "Event").objects.filter(kind="sign-in-failed").delete()


class Migration(migrations.Migration):
    """One more kind of event; code of before goes on as it did."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("event", "event_kind_is_known"),
        migrations.AlterField(
            "event", "kind", models.CharField(choices=list(KINDS.items()), max_length=16)
        ),
        migrations.AddConstraint(
            "event",
            models.CheckConstraint(
                condition=models.Q(kind__in=list(KINDS)), name="event_kind_is_known"
            ),
        ),
        # Last, so that it is the first to be done on the way back.
        migrations.RunPython(migrations.RunPython.noop, forget_failures),
    ]
