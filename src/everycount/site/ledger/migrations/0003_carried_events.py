"""Events of other nodes, of initiatives that were carried here."""

from __future__ import annotations

from django.db import migrations, models

from everycount.site.ledger import triggers


class Migration(migrations.Migration):
    """The database refuses to change or remove these, too."""

    dependencies = [("ledger", "0002_lean_digest")]

    operations = [
        migrations.CreateModel(
            name="CarriedEvent",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("initiative", models.UUIDField()),
                ("leg", models.PositiveSmallIntegerField()),
                ("number", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=80)),
                ("verb", models.CharField(max_length=60)),
                ("object", models.CharField(max_length=120)),
                ("payload", models.JSONField(default=dict)),
                ("digest", models.CharField(max_length=64)),
                ("before", models.BinaryField(default=bytes)),
            ],
            options={
                "ordering": ("initiative", "leg", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("initiative", "leg", "number"), name="carried_event_once")
                ],
            },
        ),
        migrations.RunPython(triggers.add_to_carried, migrations.RunPython.noop),
    ]
