"""Text without accents and capitals, for searching; and the index that finds words inside words."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

# Immutable, so that it may stand in an index. Combining marks are the block U+0300 to U+036F.
CREATE = """
CREATE FUNCTION cais_folded(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT regexp_replace(normalize(lower(said), NFD), '[\u0300-\u036f]', '', 'g') $$
"""


class Migration(migrations.Migration):
    dependencies = [("companies", "0002_group_ids")]
    operations = [TrigramExtension(), migrations.RunSQL(CREATE, "DROP FUNCTION cais_folded(text)")]
