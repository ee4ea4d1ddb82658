"""Takes the index of the digests away: nothing is looked up by one, and each insert hit another page of it."""

from __future__ import annotations

from django.db import migrations, models

from everycount.site.ledger import triggers


class Migration(migrations.Migration):
    """SQLite makes the table anew for it, and its triggers with it."""

    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.AlterField("event", "digest", models.CharField(max_length=64)),
        migrations.RunPython(triggers.add_again, migrations.RunPython.noop),
    ]
