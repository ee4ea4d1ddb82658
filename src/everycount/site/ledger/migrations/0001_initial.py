"""The Event table, and the triggers by which the database refuses to change it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

from everycount.site.ledger import triggers


class Migration(migrations.Migration):
    """The ledger is born."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=80)),
                ("verb", models.CharField(max_length=60)),
                ("object", models.CharField(max_length=120)),
                ("initiative", models.UUIDField(null=True)),
                ("payload", models.JSONField(default=dict)),
                ("previous", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "ordering": ("number",),
                "indexes": [models.Index(fields=["initiative", "number"], name="event_of_initiative")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="event_number_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("previous__length", 64)), name="event_previous_whole"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("digest__length", 64)), name="event_digest_whole"
                    ),
                ],
            },
        ),
        migrations.RunPython(triggers.add, migrations.RunPython.noop),
    ]
