"""A look past row-level security: which group a DANFE link belongs to, for somebody who holds the link and no more."""

from django.db import migrations

CREATE = """
CREATE FUNCTION cais_group_of_note(token text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
$$ SELECT group_id FROM public.nfe_nfe WHERE link_token = token AND state = 'authorised' $$
"""


class Migration(migrations.Migration):
    dependencies = [("nfe", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION cais_group_of_note(text)")]
