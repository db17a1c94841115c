"""Folding becomes a part of the query that uses it: as a function called for each row it took longer than before.

PostgreSQL writes a function into the query only where nothing it is made of answers differently to nothing. CASE may, so
the function must not promise to be strict; what it makes of nothing is nothing all the same.
"""

from django.db import migrations

WITHIN = "ALTER FUNCTION cais_folded(text) CALLED ON NULL INPUT"
STRICT = "ALTER FUNCTION cais_folded(text) STRICT"


class Migration(migrations.Migration):
    dependencies = [("companies", "0006_plain_text_folds_at_once")]
    operations = [migrations.RunSQL(WITHIN, STRICT)]
