"""A trigram index for `search_text`, on PostgreSQL; SQLite reads the column through."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

INDEX = "service_search_trigrams"


def create_index(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE INDEX {INDEX} ON services_service USING gin (search_text gin_trgm_ops)"
        )


def drop_index(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("services", "0001_initial")]

    operations = [
        # Needs the right to create extensions in the database: an owner has it since PostgreSQL 13.
        TrigramExtension(),
        migrations.RunPython(create_index, drop_index),
    ]
