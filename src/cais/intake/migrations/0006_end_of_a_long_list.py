"""What the last whole reading saw, so that the end of a long list can be read alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_squashed_0005_cursor_whole_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="cursor",
            name="listed",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="cursor",
            name="listed_from",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="cursor",
            name="newest_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="cursor",
            name="pages",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
