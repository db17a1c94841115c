"""A pool is a set of companies, no longer a connection: what connections promised moves to the pool of their company."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# The ledger is append-only; this renames the place of entries, once, and changes nothing that they say.
MOVE = """
INSERT INTO stock_pool (group_id, companies)
SELECT DISTINCT c.group_id, ARRAY[c.company_id] FROM connections_connection c;
SET CONSTRAINTS ALL IMMEDIATE;

ALTER TABLE stock_ledgerentry DISABLE TRIGGER append_only;
UPDATE stock_ledgerentry e SET pool_id = p.id
FROM connections_connection c JOIN stock_pool p ON p.group_id = c.group_id AND p.companies = ARRAY[c.company_id]
WHERE e.pool_id = c.id;
ALTER TABLE stock_ledgerentry ENABLE TRIGGER append_only;

WITH promised AS (
    DELETE FROM stock_balance WHERE pool_id IS NOT NULL RETURNING group_id, product_id, pool_id, reserved
)
INSERT INTO stock_balance (group_id, product_id, pool_id, on_hand, reserved)
SELECT b.group_id, b.product_id, -p.id, 0, sum(b.reserved)
FROM promised b
JOIN connections_connection c ON c.id = b.pool_id
JOIN stock_pool p ON p.group_id = c.group_id AND p.companies = ARRAY[c.company_id]
GROUP BY b.group_id, b.product_id, p.id;
-- In two steps: the old rows are still in the unique index while the statement above runs.
UPDATE stock_balance SET pool_id = -pool_id WHERE pool_id < 0;
SET CONSTRAINTS ALL DEFERRED;
"""


def _pool(target: str, **how: bool) -> models.Field:
    return models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=target, **how)


class Migration(migrations.Migration):
    dependencies = [
        ("stock", "0002_append_only"),
        ("connections", "0005_who_serves"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pool",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "companies",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                (
                    "group",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.group",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("group", "companies"), name="pool_once_per_set")],
            },
        ),
        migrations.AlterField("balance", "pool", _pool("connections.connection", db_constraint=False)),
        migrations.AlterField("ledgerentry", "pool", _pool("connections.connection", db_constraint=False)),
        migrations.RunSQL(MOVE),
        migrations.AlterField("balance", "pool", _pool("stock.pool")),
        migrations.AlterField("ledgerentry", "pool", _pool("stock.pool")),
    ]
