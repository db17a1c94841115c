"""The orders of one store in their order, by the index that found them by store alone before."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0003_folded_text"),
        ("connections", "0004_disconnected_account"),
        ("customers", "0002_no_copy_of_the_last_order"),
        ("orders", "0008_shipping"),
        ("statuses", "0002_moment_of_the_note"),
    ]

    operations = [
        migrations.AlterField(
            model_name="order",
            name="connection",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="connections.connection",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["connection", "-placed_at", "-id"], name="order_list_of_store"),
        ),
    ]
