"""Whether an NF-e of an order is authorised: with several companies its state alone does not say it."""

from django.db import migrations, models


def find_notes(apps, schema_editor):
    orders = apps.get_model("orders", "Order").objects.using(schema_editor.connection.alias)
    orders.filter(nfe_state__in=["authorised", "told", "issued"]).update(has_note=True)


class Migration(migrations.Migration):
    dependencies = [("orders", "0014_movement_counts")]
    operations = [
        migrations.AddField(model_name="order", name="has_note", field=models.BooleanField(default=False)),
        migrations.RunPython(find_notes, migrations.RunPython.noop),
    ]
