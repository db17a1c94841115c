"""Orders by the name of their buyer are searched for by themselves (`orders_named`): a page often needs a few of them."""

from importlib import import_module

from django.db import migrations

SEARCH = """
CREATE FUNCTION orders_searched(number_ text, document_ text, code_ text, at_most int)
RETURNS TABLE (arm text, ids bigint[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    mine bigint := nullif(current_setting('cais.group', true), '')::bigint;
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
END $$
"""
# A name that begins with a figure cannot be imported by a statement.
SEARCH_AS_BEFORE = import_module("cais.movements.migrations.0009_search_in_the_order_of_the_list").SEARCH
DROP_AS_BEFORE = "DROP FUNCTION orders_searched(text, text, text, text[], int);"
DROP = "DROP FUNCTION orders_searched(text, text, text, int);"


class Migration(migrations.Migration):
    dependencies = [("movements", "0011_discarded_by_a_person"), ("orders", "0020_buyers_in_the_order_of_the_list")]
    operations = [migrations.RunSQL(DROP_AS_BEFORE + SEARCH, DROP + SEARCH_AS_BEFORE)]
