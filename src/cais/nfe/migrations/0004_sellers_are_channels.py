"""Who a company is in a marketplace moves from its fiscal set-up to the channels of its stores."""

from django.db import migrations
from django.utils import timezone

from cais.core.values import fold

_WRITTEN_BY = "Configuração fiscal"


def move_sellers(apps, schema_editor):
    db = schema_editor.connection.alias
    Seller, Channel = apps.get_model("nfe", "MarketplaceSeller"), apps.get_model("mappings", "SalesChannel")
    Connection = apps.get_model("connections", "Connection")
    for seller in Seller.objects.using(db).order_by("pk"):
        for store in Connection.objects.using(db).filter(company=seller.company_id, role="store"):
            channel, _ = Channel.objects.using(db).get_or_create(
                connection=store,
                key=fold(seller.marketplace)[:120],
                defaults={"group_id": store.group_id, "label": seller.marketplace},
            )
            _write(apps, db, channel, seller)


def _write(apps, db, channel, seller):
    """An order that told the marketplace's CNPJ stands in for the one that nobody typed."""
    told = apps.get_model("orders", "Order").objects.using(db).filter(sales_channel=channel)
    told = told.exclude(marketplace_document="").order_by("-placed_at").values_list("marketplace_document", flat=True)
    channel.intermediary_cnpj = seller.cnpj or told.first() or ""
    channel.seller_id = seller.seller_id
    channel.may_split = False
    if channel.intermediary_cnpj and channel.seller_id:
        channel.nature, channel.filled_at, channel.filled_by = "marketplace", timezone.now(), _WRITTEN_BY
    channel.save(using=db)


class Migration(migrations.Migration):
    dependencies = [
        ("nfe", "0003_permission_of_a_rehearsal"),
        ("mappings", "0001_tables_of_a_store"),
        ("orders", "0012_orders_find_their_values"),
    ]
    operations = [migrations.RunPython(move_sellers, migrations.RunPython.noop)]
