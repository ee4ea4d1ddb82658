"""Takes indexes away that stand at the beginning of another one of the same table."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


def _key(to: str, name: str) -> models.ForeignKey:
    return models.ForeignKey(
        to, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name=name
    )


class Migration(migrations.Migration):
    """Each of them cost a page for every submission."""

    dependencies = [("collection", "0004_key_spent")]

    operations = [
        migrations.AlterField("attachment", "submission", _key("collection.submission", "attachments")),
        migrations.AlterField("edition", "submission", _key("collection.submission", "editions")),
        migrations.AlterField("submission", "questionnaire", _key("collection.questionnaire", "submissions")),
    ]
