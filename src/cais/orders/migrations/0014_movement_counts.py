"""The counters of the list tell the state of the movement too, and the list finds its orders by it."""

from django.db import migrations, models

COUNT = """
CREATE OR REPLACE FUNCTION orders_count_phases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO orders_phasecount (group_id, connection_id, phase, movement_state, orders)
        SELECT group_id, connection_id, phase, movement_state, count(*) FROM now_rows GROUP BY 1, 2, 3, 4;
    END IF;
    IF TG_OP IN ('DELETE', 'UPDATE') THEN
        INSERT INTO orders_phasecount (group_id, connection_id, phase, movement_state, orders)
        SELECT group_id, connection_id, phase, movement_state, -count(*) FROM was_rows GROUP BY 1, 2, 3, 4;
    END IF;
    RETURN NULL;
END $$;
DELETE FROM orders_phasecount;
INSERT INTO orders_phasecount (group_id, connection_id, phase, movement_state, orders)
SELECT group_id, connection_id, phase, movement_state, count(*) FROM orders_order GROUP BY 1, 2, 3, 4;
"""
COUNT_AS_BEFORE = """
CREATE OR REPLACE FUNCTION orders_count_phases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO orders_phasecount (group_id, connection_id, phase, movement_state, orders)
        SELECT group_id, connection_id, phase, 'none', count(*) FROM now_rows GROUP BY 1, 2, 3;
    END IF;
    IF TG_OP IN ('DELETE', 'UPDATE') THEN
        INSERT INTO orders_phasecount (group_id, connection_id, phase, movement_state, orders)
        SELECT group_id, connection_id, phase, 'none', -count(*) FROM was_rows GROUP BY 1, 2, 3;
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0013_day_sales")]

    operations = [
        migrations.AddField(
            model_name="phasecount",
            name="movement_state",
            field=models.CharField(default="none", max_length=12),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("movement_state", "none"), _negated=True),
                fields=["group", "movement_state", "-placed_at", "-id"],
                name="order_list_by_movement",
            ),
        ),
        migrations.RunSQL(COUNT, COUNT_AS_BEFORE),
    ]
