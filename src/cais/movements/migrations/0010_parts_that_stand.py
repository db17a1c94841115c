"""A part knows by itself that its movement was cancelled: *served by this company* looks no movement up.

The few parts of cancelled movements are written, and the index of a company's parts is made anew: two seconds with a
million orders.
"""

from django.db import migrations, models

TELL = """
UPDATE movements_fulfilment f SET stands = false
FROM movements_movement m WHERE m.id = f.movement_id AND m.state = 'cancelled'
"""


class Migration(migrations.Migration):
    dependencies = [("movements", "0009_search_in_the_order_of_the_list")]

    operations = [
        migrations.AddField(model_name="fulfilment", name="stands", field=models.BooleanField(default=True)),
        migrations.RunSQL(TELL, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="movement", name="movement_cancelled"),
        migrations.RemoveIndex(model_name="fulfilment", name="fulfilment_by_company"),
        migrations.AddIndex(
            model_name="fulfilment",
            index=models.Index(fields=["company", "order"], include=("group", "stands"), name="fulfilment_by_company"),
        ),
    ]
