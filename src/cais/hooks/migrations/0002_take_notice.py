"""A look past row-level security: the door writes a notice for whoever listens, and learns only how many did."""

from django.db import migrations

CREATE = """
CREATE FUNCTION cais_take_notice(door text, who text, what text, record text, deed text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    stored integer := 0;
BEGIN
    IF what <> '' THEN
        INSERT INTO public.hooks_notice (group_id, connection_id, kind, external_id, act, received_at)
        SELECT group_id, connection_id, what, record, deed, clock_timestamp()
        FROM public.hooks_listener WHERE door_key = door AND seller = who;
        GET DIAGNOSTICS stored = ROW_COUNT;
    END IF;
    IF stored > 0 THEN
        RETURN stored;
    END IF;
    -- Nobody here: counted. An address that is none of ours is told by null.
    UPDATE public.hooks_door SET
        others = others + (what = '')::integer,
        strangers = strangers + (what <> '')::integer,
        last_stranger_at = CASE WHEN what <> '' THEN clock_timestamp() ELSE last_stranger_at END
    WHERE key = door;
    RETURN CASE WHEN FOUND THEN 0 END;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("hooks", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION cais_take_notice(text, text, text, text, text)")]
