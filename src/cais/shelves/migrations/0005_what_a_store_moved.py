"""A store changes its own shelf when it sells: what we said of it then holds no more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shelves", "0004_what_must_not_wait")]
    operations = [
        migrations.AddField("mark", "moved", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("stockpublication", "moved_at", models.DateTimeField(null=True)),
    ]
