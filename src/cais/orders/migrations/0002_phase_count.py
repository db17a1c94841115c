"""Counters of orders by connection and situation, written as changes: no counter row that everybody would lock."""

from django.db import migrations

CREATE = """
CREATE FUNCTION orders_count_phases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO orders_phasecount (group_id, connection_id, phase, orders)
        SELECT group_id, connection_id, phase, count(*) FROM now_rows GROUP BY 1, 2, 3;
    END IF;
    IF TG_OP IN ('DELETE', 'UPDATE') THEN
        INSERT INTO orders_phasecount (group_id, connection_id, phase, orders)
        SELECT group_id, connection_id, phase, -count(*) FROM was_rows GROUP BY 1, 2, 3;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_insert AFTER INSERT ON orders_order REFERENCING NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION orders_count_phases();
CREATE TRIGGER count_update AFTER UPDATE ON orders_order REFERENCING OLD TABLE AS was_rows NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION orders_count_phases();
CREATE TRIGGER count_delete AFTER DELETE ON orders_order REFERENCING OLD TABLE AS was_rows
    FOR EACH STATEMENT EXECUTE FUNCTION orders_count_phases();
"""
DROP = """
DROP TRIGGER count_insert ON orders_order;
DROP TRIGGER count_update ON orders_order;
DROP TRIGGER count_delete ON orders_order;
DROP FUNCTION orders_count_phases();
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
