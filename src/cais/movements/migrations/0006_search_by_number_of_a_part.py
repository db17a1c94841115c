"""An order that several companies serve is found by the number of any of its ERP orders."""

from django.db import migrations

SEARCH = """
CREATE OR REPLACE FUNCTION orders_searched(number_ text, document_ text, code_ text, names text[], at_most int)
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
    RETURN QUERY SELECT 'erp', f.order_id FROM movements_fulfilment f
        WHERE f.group_id = mine AND f.erp_number = number_ AND f.erp_number <> '' LIMIT at_most;
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
SEARCH_AS_BEFORE = """
CREATE OR REPLACE FUNCTION orders_searched(number_ text, document_ text, code_ text, names text[], at_most int)
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
    dependencies = [("movements", "0005_pools_of_companies"), ("orders", "0015_note_of_a_part")]
    operations = [migrations.RunSQL(SEARCH, SEARCH_AS_BEFORE)]
