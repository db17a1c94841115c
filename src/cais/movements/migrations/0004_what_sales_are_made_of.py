"""Sales made before bear their own state, and what each of their lines is worth."""

from collections import defaultdict
from decimal import Decimal

from django.db import migrations
from django.db.models import Exists, OuterRef, Subquery

from cais.core.values import share

_AT_ONCE = 500


def tell_states(apps, schema_editor):
    """One company served each order: the newest movement's part is what its order was."""
    db = schema_editor.connection.alias
    Fulfilment, Movement = apps.get_model("movements", "Fulfilment"), apps.get_model("movements", "Movement")
    order = apps.get_model("orders", "Order").objects.using(db).filter(pk=OuterRef("order"))
    later = Movement.objects.using(db).filter(order=OuterRef("order"), pk__gt=OuterRef("movement"))
    Fulfilment.objects.using(db).filter(~Exists(later)).update(
        **{name: Subquery(order.values(name)[:1]) for name in ("erp_state", "erp_number", "nfe_state")}
    )


def write_lines(apps, schema_editor):
    db = schema_editor.connection.alias
    keys = list(apps.get_model("movements", "Fulfilment").objects.using(db).order_by("pk").values_list("pk", flat=True))
    for at in range(0, len(keys), _AT_ONCE):
        _write_some(apps, db, keys[at : at + _AT_ONCE])


def _write_some(apps, db, keys):
    Fulfilment, Served = apps.get_model("movements", "Fulfilment"), apps.get_model("movements", "MovementLine")
    Line, Sold = apps.get_model("orders", "OrderLine"), apps.get_model("movements", "FulfilmentLine")
    parts = list(Fulfilment.objects.using(db).filter(pk__in=keys))
    served = defaultdict(list)
    rows = Served.objects.using(db).filter(movement__in=[part.movement_id for part in parts]).order_by("pk")
    for row in rows.select_related("product", "warehouse"):
        served[row.movement_id, row.warehouse.company_id, row.line_id].append(row)
    lines = defaultdict(list)
    for line in Line.objects.using(db).filter(order__in=[part.order_id for part in parts], removed=False):
        lines[line.order_id].append(line)
    Sold.objects.using(db).bulk_create(
        Sold(group_id=part.group_id, fulfilment=part, line=line, product_id=product, quantity=units, total=total)
        for part in parts
        for line in lines[part.order_id]
        for product, units, total in _cut(line, served[part.movement_id, part.company_id, line.pk])
    )


def _cut(line, rows):
    units, products = defaultdict(Decimal), {}
    for row in rows:
        units[row.product_id] += row.quantity
        products[row.product_id] = row.product
    worth = share(line.total, [units[key] * (product.price or Decimal(1)) for key, product in products.items()])
    return [(key, units[key], total) for key, total in zip(products, worth, strict=True)]


class Migration(migrations.Migration):
    dependencies = [("movements", "0003_parts_of_a_sale")]
    operations = [
        migrations.RunPython(tell_states, migrations.RunPython.noop),
        migrations.RunPython(write_lines, migrations.RunPython.noop),
    ]
