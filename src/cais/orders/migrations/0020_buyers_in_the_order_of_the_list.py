"""Buyers in the order of the list, with their names: a name that many bear is met soon on a walk along this index.

And those of a name, told by the index of words, newest first.
"""

from django.db import migrations, models

NAMED = """
CREATE FUNCTION orders_named(names text[], at_most int) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    mine bigint := nullif(current_setting('cais.group', true), '')::bigint;
    -- Written out one by one: of LIKE ALL the index knows nothing.
    conditions text := (SELECT string_agg(format(' AND folded LIKE %L', name), '') FROM unnest(names) name);
    found bigint[];
BEGIN
    EXECUTE 'SELECT ARRAY(SELECT order_id FROM ('
        || 'SELECT order_id, placed_at FROM orders_buyer WHERE group_id = $1' || conditions || ' LIMIT $2'
        || ') b ORDER BY placed_at DESC, order_id DESC)' INTO found USING mine, at_most;
    RETURN found;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0019_buyers_by_date")]

    operations = [
        migrations.AddIndex(
            model_name="buyer",
            index=models.Index(fields=["group", "placed_at", "order"], include=["folded"], name="buyer_by_date"),
        ),
        migrations.RunSQL(NAMED, "DROP FUNCTION orders_named(text[], int)"),
    ]
