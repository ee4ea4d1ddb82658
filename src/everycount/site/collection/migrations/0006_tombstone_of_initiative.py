"""Of which initiative a tombstone is, so that it can go with it to another node."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Of those that are there already nobody knows it any more."""

    dependencies = [("collection", "0005_lean_indexes")]

    operations = [migrations.AddField("tombstone", "initiative", models.UUIDField(null=True))]
