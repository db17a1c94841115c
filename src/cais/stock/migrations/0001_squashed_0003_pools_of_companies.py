"""What a fresh database gets in one step in place of 3; a database of before takes those."""

from decimal import Decimal

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from cais.companies.tracked import statements_of


class Migration(migrations.Migration):
    replaces = [("stock", "0001_initial"), ("stock", "0002_append_only"), ("stock", "0003_pools_of_companies")]

    initial = True

    dependencies = [
        ("catalog", "0001_squashed_0003_what_stores_list"),
        ("companies", "0001_squashed_0005_saved_views"),
        ("connections", "0001_squashed_0005_who_serves"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pool",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "companies",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                (
                    "group",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.group",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("group", "companies"), name="pool_once_per_set")],
            },
        ),
        migrations.CreateModel(
            name="Balance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on_hand", models.DecimalField(decimal_places=4, default=Decimal("0"), max_digits=15)),
                ("reserved", models.DecimalField(decimal_places=4, default=Decimal("0"), max_digits=15)),
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
                    "pool",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="stock.pool"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)s_rows", to="catalog.product"
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.warehouse",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("product", "warehouse", "pool"), name="balance_once_per_place", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("on_hand", 0), ("pool__isnull", False), ("warehouse", None)),
                            models.Q(("pool", None), ("warehouse__isnull", False)),
                            _connector="OR",
                        ),
                        name="balance_of_one_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reserved__gte", 0)), name="balance_reserved_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receive", "Entrada"),
                            ("adjust", "Ajuste"),
                            ("count", "Contagem"),
                            ("observe", "Leitura do ERP"),
                            ("reserve", "Reserva"),
                            ("release", "Liberação"),
                            ("ship", "Saída"),
                            ("transfer", "Transferência"),
                        ],
                        max_length=10,
                    ),
                ),
                ("on_hand", models.DecimalField(decimal_places=4, default=Decimal("0"), max_digits=15)),
                ("reserved", models.DecimalField(decimal_places=4, default=Decimal("0"), max_digits=15)),
                ("order_id", models.BigIntegerField(null=True)),
                ("order_number", models.CharField(blank=True, max_length=60)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("actor_name", models.CharField(blank=True, max_length=120)),
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
                    "pool",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="stock.pool"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)s_rows", to="catalog.product"
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.warehouse",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["product", "-id"], name="ledger_of_product"),
                    models.Index(
                        condition=models.Q(("order_id__isnull", False)), fields=["order_id"], name="ledger_of_order"
                    ),
                ],
            },
        ),
        *statements_of("cais.stock.migrations.0002_append_only"),
    ]
