"""The values that orders bear get their rows in the mapping tables, each to be filled in by a person."""

from django.db import migrations

from cais.core.values import fold


def find_values(apps, schema_editor):
    db = schema_editor.connection.alias
    _link_freights(apps, db)
    _link_channels(apps, db)
    _link_payments(apps, db)


def _row(model, db, group_id, connection_id, *parts, **facts):
    key = "|".join(fold(part)[:120] for part in parts).rstrip("|")
    found, _ = model.objects.using(db).get_or_create(
        connection_id=connection_id, key=key, defaults={"group_id": group_id, **facts}
    )
    return found


def _link_freights(apps, db):
    Order, Freight = apps.get_model("orders", "Order"), apps.get_model("mappings", "FreightMethod")
    orders = Order.objects.using(db).filter(freight_method=None).order_by()
    for group_id, connection_id, text in orders.values_list("group", "connection", "shipping_method").distinct():
        row = _row(Freight, db, group_id, connection_id, text, label=text[:120])
        orders.filter(connection=connection_id, shipping_method=text).update(freight_method=row)


def _link_channels(apps, db):
    Order, Channel = apps.get_model("orders", "Order"), apps.get_model("mappings", "SalesChannel")
    orders = Order.objects.using(db).filter(sales_channel=None).order_by()
    seen = orders.values_list("group", "connection", "marketplace", "channel").distinct()
    for group_id, connection_id, marketplace, channel in seen:
        text = marketplace or channel
        row = _row(Channel, db, group_id, connection_id, text, label=text[:120], may_split=not marketplace)
        own = orders.filter(connection=connection_id, marketplace=marketplace, channel=channel)
        own.update(sales_channel=row)


def _link_payments(apps, db):
    Order, Payment = apps.get_model("orders", "Order"), apps.get_model("orders", "OrderPayment")
    Method = apps.get_model("mappings", "PaymentMethod")
    unpaid = Order.objects.using(db).filter(payments=None).order_by().values_list("group", "pk")
    Payment.objects.using(db).bulk_create(
        [Payment(group_id=group_id, order_id=order_id, method="") for group_id, order_id in unpaid.iterator()],
        batch_size=1000,
    )
    payments = Payment.objects.using(db).filter(payment_method=None).order_by()
    for group_id, connection_id, method, kind in payments.values_list(
        "group", "order__connection", "method", "kind"
    ).distinct():
        row = _row(Method, db, group_id, connection_id, method, kind, label=method[:120], kind=kind[:40])
        own = payments.filter(order__connection=connection_id, method=method, kind=kind)
        own.update(payment_method=row)


class Migration(migrations.Migration):
    dependencies = [("orders", "0011_values_of_the_store")]
    operations = [migrations.RunPython(find_values, migrations.RunPython.noop)]
