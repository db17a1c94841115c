"""The one look past row-level security: the ids of all groups, for the tick that serves them in turn."""

from django.db import migrations

CREATE = """
CREATE FUNCTION cais_group_ids() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
$$ SELECT id FROM public.companies_group ORDER BY id $$
"""


class Migration(migrations.Migration):
    dependencies = [("companies", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION cais_group_ids()")]
