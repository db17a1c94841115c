"""A product that is linked, or linked anew, at a connection that sends stock is marked, whoever links it."""

from django.db import migrations

CREATE = """
CREATE FUNCTION shelves_mark_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO shelves_mark (group_id, connection_id, product_id, kind)
    SELECT DISTINCT n.group_id, n.connection_id, n.product_id, 'stock'
    FROM now_rows n JOIN connections_connection c ON c.id = n.connection_id
    WHERE 'write_stock' = ANY (c.functions);
    RETURN NULL;
END $$;
CREATE TRIGGER mark_insert AFTER INSERT ON catalog_listing REFERENCING NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION shelves_mark_listings();
CREATE TRIGGER mark_update AFTER UPDATE ON catalog_listing REFERENCING NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION shelves_mark_listings();
"""
DROP = """
DROP TRIGGER mark_update ON catalog_listing;
DROP TRIGGER mark_insert ON catalog_listing;
DROP FUNCTION shelves_mark_listings();
"""


class Migration(migrations.Migration):
    dependencies = [("shelves", "0001_initial"), ("catalog", "0001_initial"), ("connections", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
