"""What was sold on each day by store and origin, written as changes: no row that everybody would lock."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

CREATE = """
CREATE FUNCTION orders_sum_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO orders_daysales (group_id, connection_id, day, origin, orders, revenue)
        SELECT group_id, connection_id, (placed_at AT TIME ZONE 'America/Sao_Paulo')::date,
               coalesce(nullif(marketplace, ''), channel), count(*), sum(total)
        FROM now_rows WHERE phase NOT IN ('cancelled', 'cancelling', 'ignored') GROUP BY 1, 2, 3, 4;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO orders_daysales (group_id, connection_id, day, origin, orders, revenue)
        SELECT group_id, connection_id, (placed_at AT TIME ZONE 'America/Sao_Paulo')::date,
               coalesce(nullif(marketplace, ''), channel), -count(*), -sum(total)
        FROM was_rows WHERE phase NOT IN ('cancelled', 'cancelling', 'ignored') GROUP BY 1, 2, 3, 4;
    ELSE
        -- Most changes of an order change no sum: those write nothing.
        INSERT INTO orders_daysales (group_id, connection_id, day, origin, orders, revenue)
        SELECT group_id, connection_id, (placed_at AT TIME ZONE 'America/Sao_Paulo')::date,
               coalesce(nullif(marketplace, ''), channel), sum(one), sum(one * total)
        FROM (
            SELECT group_id, connection_id, placed_at, marketplace, channel, total, phase, 1 AS one FROM now_rows
            UNION ALL
            SELECT group_id, connection_id, placed_at, marketplace, channel, total, phase, -1 FROM was_rows
        ) both_rows
        WHERE phase NOT IN ('cancelled', 'cancelling', 'ignored') GROUP BY 1, 2, 3, 4
        HAVING sum(one) <> 0 OR sum(one * total) <> 0;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER sum_insert AFTER INSERT ON orders_order REFERENCING NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION orders_sum_days();
CREATE TRIGGER sum_update AFTER UPDATE ON orders_order REFERENCING OLD TABLE AS was_rows NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION orders_sum_days();
CREATE TRIGGER sum_delete AFTER DELETE ON orders_order REFERENCING OLD TABLE AS was_rows
    FOR EACH STATEMENT EXECUTE FUNCTION orders_sum_days();
INSERT INTO orders_daysales (group_id, connection_id, day, origin, orders, revenue)
SELECT group_id, connection_id, (placed_at AT TIME ZONE 'America/Sao_Paulo')::date,
       coalesce(nullif(marketplace, ''), channel), count(*), sum(total)
FROM orders_order WHERE phase NOT IN ('cancelled', 'cancelling', 'ignored') GROUP BY 1, 2, 3, 4;
"""
DROP = """
DROP TRIGGER sum_insert ON orders_order;
DROP TRIGGER sum_update ON orders_order;
DROP TRIGGER sum_delete ON orders_order;
DROP FUNCTION orders_sum_days();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0004_invitations"),
        ("connections", "0004_disconnected_account"),
        ("orders", "0012_orders_find_their_values"),
    ]

    operations = [
        migrations.CreateModel(
            name="DaySales",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("origin", models.CharField(blank=True, max_length=60)),
                ("orders", models.IntegerField()),
                ("revenue", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="connections.connection"
                    ),
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
                "indexes": [models.Index(fields=["group", "day"], name="day_sales")],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
