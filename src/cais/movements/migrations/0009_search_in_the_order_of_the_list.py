"""A search tells each kind of match as one array; who bears a name, in the order of the list: the newest order first."""

from importlib import import_module

from django.db import migrations

DROP = "DROP FUNCTION orders_searched(text, text, text, text[], int);"
SEARCH = """
CREATE FUNCTION orders_searched(number_ text, document_ text, code_ text, names text[], at_most int)
RETURNS TABLE (arm text, ids bigint[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    mine bigint := nullif(current_setting('cais.group', true), '')::bigint;
    pattern text;
    conditions text := '';
    alike bigint;
    ours bigint;
BEGIN
    RETURN QUERY SELECT 'number', ARRAY(
        SELECT id FROM orders_order WHERE group_id = mine AND number = number_ LIMIT at_most);
    RETURN QUERY SELECT 'market', ARRAY(
        SELECT id FROM orders_order
        WHERE group_id = mine AND marketplace_order = number_ AND marketplace_order <> '' LIMIT at_most);
    RETURN QUERY SELECT 'erp', ARRAY(
        SELECT id FROM orders_order
        WHERE group_id = mine AND erp_number = number_ AND erp_number <> '' LIMIT at_most);
    RETURN QUERY SELECT 'erp', ARRAY(
        SELECT f.order_id FROM movements_fulfilment f
        WHERE f.group_id = mine AND f.erp_number = number_ AND f.erp_number <> '' LIMIT at_most);
    IF number_ ~ '^[0-9]+$' THEN
        RETURN QUERY SELECT 'prefix', ARRAY(
            SELECT id FROM orders_order
            WHERE group_id = mine AND number >= number_ AND number <= number_ || repeat('9', 20)
              AND starts_with(number, number_) LIMIT at_most);
    END IF;
    IF document_ <> '' THEN
        RETURN QUERY SELECT 'document', ARRAY(
            SELECT b.order_id FROM orders_buyer b
            WHERE b.group_id = mine AND b.document = document_ LIMIT at_most);
        RETURN QUERY SELECT 'document', ARRAY(
            SELECT o.id FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id
            WHERE c.group_id = mine AND c.document = document_ LIMIT at_most);
    END IF;
    RETURN QUERY SELECT 'product', ARRAY(
        SELECT l.order_id FROM orders_orderline l
        WHERE l.group_id = mine AND lower(l.reference) = lower(code_) AND l.reference <> '' LIMIT at_most);
    RETURN QUERY SELECT 'product', ARRAY(
        SELECT l.order_id FROM orders_orderline l JOIN catalog_product p ON p.id = l.product_id
        WHERE p.group_id = mine AND upper(p.sku) = upper(code_) LIMIT at_most);
    FOREACH pattern IN ARRAY names LOOP
        conditions := conditions || format(' AND folded LIKE %L', pattern);
    END LOOP;
    IF conditions <> '' THEN
        -- As many of all our orders as of the newest two thousand: where that is too many, none need be told.
        EXECUTE 'SELECT count(*) FROM (SELECT group_id, folded FROM orders_buyer ORDER BY order_id DESC LIMIT 2000) b'
            || ' WHERE group_id = $1' || conditions INTO alike USING mine;
        SELECT coalesce(sum(orders), 0) INTO ours FROM orders_phasecount WHERE group_id = mine;
        IF alike * ours / 2000 > at_most THEN
            RETURN QUERY SELECT 'name', NULL::bigint[];
        ELSE
            RETURN QUERY EXECUTE
                'SELECT ''name'', ARRAY(SELECT order_id FROM ('
                || 'SELECT order_id, placed_at FROM orders_buyer WHERE group_id = $1' || conditions || ' LIMIT $2'
                || ') b ORDER BY placed_at DESC, order_id DESC)' USING mine, at_most;
        END IF;
    END IF;
END $$
"""
# A name that begins with a figure cannot be imported by a statement.
SEARCH_AS_BEFORE = import_module("cais.movements.migrations.0007_search_by_folded_names").SEARCH


class Migration(migrations.Migration):
    dependencies = [("movements", "0008_parts_of_a_company"), ("orders", "0019_buyers_by_date")]
    operations = [migrations.RunSQL(DROP + SEARCH, DROP + SEARCH_AS_BEFORE)]
