"""A proposal that a person filled in is made once, however often it is sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("warehousing", "0001_transfers_and_inventories")]
    operations = [
        migrations.AddField("transfer", "slip", models.UUIDField(null=True)),
        migrations.AddConstraint(
            "transfer",
            models.UniqueConstraint(
                fields=["group", "slip"], condition=models.Q(slip__isnull=False), name="transfer_slip_once"
            ),
        ),
    ]
