"""A reservation waits in the pool of its order's companies, no longer in that of its connection."""

import django.db.models.deletion
from django.db import migrations, models

MOVE = """
UPDATE movements_reservation r SET pool_id = p.id
FROM connections_connection c JOIN stock_pool p ON p.group_id = c.group_id AND p.companies = ARRAY[c.company_id]
WHERE r.pool_id = c.id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


def _pool(target: str, **how: bool) -> models.Field:
    return models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=target, **how)


class Migration(migrations.Migration):
    dependencies = [
        ("movements", "0004_what_sales_are_made_of"),
        ("stock", "0003_pools_of_companies"),
    ]

    operations = [
        migrations.AlterField("reservation", "pool", _pool("connections.connection", db_constraint=False)),
        migrations.RunSQL(MOVE),
        migrations.AlterField("reservation", "pool", _pool("stock.pool")),
        migrations.AddField("movement", "explanation", models.JSONField(default=dict)),
    ]
