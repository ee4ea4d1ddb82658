"""The records of a use stand together by the byte on which their names end, no longer in a row each."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

import django.db.models.deletion
from django.db import migrations, models

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


def together(apps: Any, _editor: Any) -> None:
    """Brings the rows that there are together, one use after the other."""
    one, many = apps.get_model("consent", "UsedRecord"), apps.get_model("consent", "UsedRecords")
    rows = one.objects.order_by("use", "submission").values_list("use", "submission")
    for use, found in groupby(rows.iterator(), key=lambda row: row[0]):
        many.objects.bulk_create(_parts(many, use, (name for _, name in found)))


def _parts(model: Any, use: int, names: Iterable[UUID]) -> list[Any]:
    by_end: dict[int, list[bytes]] = defaultdict(list)
    for name in names:
        by_end[name.bytes[-1]].append(name.bytes)
    return [
        model(use_id=use, ending=ending, names=b"".join(sorted(found)), count=len(found))
        for ending, found in sorted(by_end.items())
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0004_wishes"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsedRecords",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ending", models.PositiveSmallIntegerField(db_index=True)),
                ("names", models.BinaryField()),
                ("count", models.PositiveIntegerField()),
                (
                    "use",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="records",
                        to="consent.use",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="usedrecords",
            constraint=models.UniqueConstraint(fields=("use", "ending"), name="used_once_by_ending"),
        ),
        migrations.RunPython(together, migrations.RunPython.noop),
        migrations.DeleteModel(name="UsedRecord"),
    ]
