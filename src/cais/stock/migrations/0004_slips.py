"""A form that a person filled in is posted once, however often it is sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stock", "0003_pools_of_companies")]
    operations = [
        migrations.AddField("ledgerentry", "slip", models.UUIDField(null=True)),
        migrations.AddConstraint(
            "ledgerentry",
            models.UniqueConstraint(
                fields=["group", "slip"], condition=models.Q(slip__isnull=False), name="ledger_slip_once"
            ),
        ),
    ]
