"""What a fresh database gets in one step in place of 1; a database of before takes those."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("warehousing", "0001_transfers_and_inventories")]

    initial = True

    dependencies = [
        ("catalog", "0001_squashed_0003_what_stores_list"),
        ("companies", "0001_squashed_0005_saved_views"),
        ("orders", "0001_squashed_0015_note_of_a_part"),
    ]

    operations = [
        migrations.CreateModel(
            name="Inventory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Aberto"), ("closed", "Fechado"), ("abandoned", "Abandonado")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("blind", models.BooleanField(default=False)),
                ("scope", models.CharField(blank=True, max_length=100)),
                ("opened_by", models.CharField(max_length=120)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_by", models.CharField(blank=True, max_length=120)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "group",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.group",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.warehouse"
                    ),
                ),
            ],
            options={
                "ordering": ("-number",),
                "constraints": [
                    models.UniqueConstraint(fields=("group", "number"), name="inventory_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("warehouse",), name="one_open_inventory"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InventoryLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=60)),
                ("counted", models.DecimalField(decimal_places=4, max_digits=15, null=True)),
                ("counted_at", models.DateTimeField(null=True)),
                ("counted_by", models.CharField(blank=True, max_length=120)),
                ("expected", models.DecimalField(decimal_places=4, max_digits=15, null=True)),
                ("superseded", models.BooleanField(default=False)),
                (
                    "group",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.group",
                    ),
                ),
                (
                    "inventory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="warehousing.inventory"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.product"
                    ),
                ),
            ],
            options={
                "ordering": ("sku",),
                "indexes": [models.Index(fields=["inventory", "sku"], name="inventory_sheet")],
                "constraints": [
                    models.UniqueConstraint(fields=("inventory", "product"), name="inventory_product_once"),
                    models.CheckConstraint(
                        condition=models.Q(("counted", None), ("counted__gte", 0), _connector="OR"),
                        name="counted_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("counted", None), ("counted_at", None), ("expected", None)),
                            models.Q(
                                ("counted__isnull", False), ("counted_at__isnull", False), ("expected__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="counted_at_an_instant",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposta"),
                            ("sent", "Em trânsito"),
                            ("received", "Recebida"),
                            ("returned", "Devolvida"),
                            ("cancelled", "Cancelada"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("note_key", models.CharField(blank=True, max_length=44)),
                ("proposed_by", models.CharField(max_length=120)),
                ("proposed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_by", models.CharField(blank=True, max_length=120)),
                ("sent_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=120)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "group",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.group",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="transfers",
                        to="orders.order",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.warehouse"
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.warehouse"
                    ),
                ),
            ],
            options={
                "ordering": ("-number",),
                "constraints": [
                    models.UniqueConstraint(fields=("group", "number"), name="transfer_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("source", models.F("target")), _negated=True),
                        name="transfer_goes_elsewhere",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=15)),
                ("received", models.DecimalField(decimal_places=4, max_digits=15, null=True)),
                (
                    "group",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.group",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.product"
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="warehousing.transfer"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("transfer", "product"), name="transfer_product_once"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="transfer_quantity_positive"),
                ],
            },
        ),
    ]
