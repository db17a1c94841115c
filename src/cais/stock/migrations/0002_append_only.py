"""The ledger is append-only by the database's own word, whoever asks."""

from django.db import migrations

CREATE = """
CREATE FUNCTION stock_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the stock ledger is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON stock_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION stock_ledger_is_append_only();
"""
DROP = "DROP TRIGGER append_only ON stock_ledgerentry; DROP FUNCTION stock_ledger_is_append_only();"


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
