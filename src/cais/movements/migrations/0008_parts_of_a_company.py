"""The orders that a company serves are found without a look at each part, however many it serves."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("movements", "0007_search_by_folded_names")]

    operations = [
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(condition=models.Q(("state", "cancelled")), fields=["group"], name="movement_cancelled"),
        ),
        migrations.AddIndex(
            model_name="fulfilment",
            index=models.Index(
                fields=["company", "order"], include=("group", "movement"), name="fulfilment_by_company"
            ),
        ),
        migrations.AlterField(
            model_name="fulfilment",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.company",
            ),
        ),
    ]
