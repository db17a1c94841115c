"""A buyer's name is kept as it is searched for, so that a search does not fold thousands of names again.

Adding the column writes the table of buyers anew: with a million orders that takes half a minute.
"""

import django.contrib.postgres.indexes
from django.db import migrations, models

import cais.companies.folding


class Migration(migrations.Migration):
    dependencies = [("orders", "0017_orders_of_such_channels")]

    operations = [
        migrations.RemoveIndex(model_name="buyer", name="buyer_by_words"),
        migrations.AddField(
            model_name="buyer",
            name="folded",
            field=models.GeneratedField(
                db_persist=True,
                expression=cais.companies.folding.Folded("name"),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="buyer",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["folded"], name="buyer_by_words", opclasses=["gin_trgm_ops"]
            ),
        ),
    ]
