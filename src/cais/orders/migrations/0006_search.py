"""Searching orders with indexes that row-level security would forbid: a bounded look at the current group's rows."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

import cais.companies.folding

# One word per arm, so that who asks knows which of them found too many. A number's prefix is a range in any collation.
CREATE = """
CREATE FUNCTION orders_searched(number_ text, document_ text, code_ text, names text[], at_most int)
RETURNS TABLE (arm text, order_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    mine bigint := nullif(current_setting('cais.group', true), '')::bigint;
    pattern text;
    conditions text := '';
BEGIN
    RETURN QUERY SELECT 'number', id FROM orders_order WHERE group_id = mine AND number = number_ LIMIT at_most;
    RETURN QUERY SELECT 'market', id FROM orders_order
        WHERE group_id = mine AND marketplace_order = number_ AND marketplace_order <> '' LIMIT at_most;
    RETURN QUERY SELECT 'erp', id FROM orders_order
        WHERE group_id = mine AND erp_number = number_ AND erp_number <> '' LIMIT at_most;
    IF number_ ~ '^[0-9]+$' THEN
        RETURN QUERY SELECT 'prefix', id FROM orders_order
            WHERE group_id = mine AND number >= number_ AND number <= number_ || repeat('9', 20)
              AND starts_with(number, number_) LIMIT at_most;
    END IF;
    IF document_ <> '' THEN
        RETURN QUERY SELECT 'document', b.order_id FROM orders_buyer b
            WHERE b.group_id = mine AND b.document = document_ LIMIT at_most;
        RETURN QUERY SELECT 'document', o.id FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id
            WHERE c.group_id = mine AND c.document = document_ LIMIT at_most;
    END IF;
    RETURN QUERY SELECT 'product', l.order_id FROM orders_orderline l
        WHERE l.group_id = mine AND lower(l.reference) = lower(code_) AND l.reference <> '' LIMIT at_most;
    RETURN QUERY SELECT 'product', l.order_id FROM orders_orderline l JOIN catalog_product p ON p.id = l.product_id
        WHERE p.group_id = mine AND upper(p.sku) = upper(code_) LIMIT at_most;
    FOREACH pattern IN ARRAY names LOOP
        conditions := conditions || format(' AND cais_folded(name) LIKE %L', pattern);
    END LOOP;
    IF conditions <> '' THEN
        RETURN QUERY EXECUTE 'SELECT ''name'', order_id FROM orders_buyer WHERE group_id = $1' || conditions
            || ' LIMIT $2' USING mine, at_most;
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_cancellations_in_question"), ("companies", "0003_folded_text")]
    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["group", "marketplace_order"],
                name="order_by_market_number",
                condition=~models.Q(marketplace_order=""),
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["group", "erp_number"], name="order_by_erp_number", condition=~models.Q(erp_number="")
            ),
        ),
        migrations.AddIndex(
            model_name="buyer",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(cais.companies.folding.Folded("name"), name="gin_trgm_ops"),
                name="buyer_by_words",
            ),
        ),
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(
                models.F("group"),
                django.db.models.functions.text.Lower("reference"),
                name="line_by_reference",
                condition=~models.Q(reference=""),
            ),
        ),
        migrations.RunSQL(CREATE, "DROP FUNCTION orders_searched(text, text, text, text[], int)"),
    ]
