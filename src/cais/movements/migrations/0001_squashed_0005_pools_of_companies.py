"""What a fresh database gets in one step in place of 5; a database of before takes those."""

from decimal import Decimal

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("movements", "0001_initial"),
        ("movements", "0002_paid_by_others"),
        ("movements", "0003_parts_of_a_sale"),
        ("movements", "0004_what_sales_are_made_of"),
        ("movements", "0005_pools_of_companies"),
    ]

    initial = True

    dependencies = [
        ("catalog", "0001_squashed_0003_what_stores_list"),
        ("companies", "0001_squashed_0005_saved_views"),
        ("connections", "0001_squashed_0005_who_serves"),
        ("orders", "0001_squashed_0015_note_of_a_part"),
        ("stock", "0001_squashed_0003_pools_of_companies"),
    ]

    operations = [
        migrations.CreateModel(
            name="Movement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("lease", models.UUIDField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("in_flight", models.BooleanField(default=False)),
                ("hold", models.CharField(blank=True, max_length=40)),
                ("held_digest", models.CharField(blank=True, max_length=32)),
                ("error", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending_sync", "Pendente de sincronização"),
                            ("validated", "Validada"),
                            ("error", "Com erro"),
                            ("done", "Realizado"),
                            ("cancelled", "Cancelado"),
                        ],
                        default="pending_sync",
                        max_length=12,
                    ),
                ),
                ("automatic", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("created_by", models.CharField(blank=True, max_length=120)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="connections.connection"
                    ),
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
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="movements", to="orders.order"
                    ),
                ),
                ("explanation", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["connection", "due_at"],
                        name="movement_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("order",),
                        name="one_living_movement",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Fulfilment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=60)),
                ("goods", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("freight", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("discount", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("surcharge", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("total", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
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
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fulfilments", to="orders.order"
                    ),
                ),
                (
                    "movement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fulfilments", to="movements.movement"
                    ),
                ),
                ("subsidy", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("withheld", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("erp_number", models.CharField(blank=True, max_length=40)),
                ("erp_state", models.CharField(blank=True, max_length=10)),
                ("nfe_state", models.CharField(blank=True, max_length=12)),
            ],
            options={
                "ordering": ("id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("erp_number", ""), _negated=True),
                        fields=["group", "erp_number"],
                        name="fulfilment_by_erp_number",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("group", "reference"), name="fulfilment_reference_once"),
                    models.UniqueConstraint(fields=("movement", "company"), name="one_fulfilment_per_company"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MovementLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=15)),
                ("checked_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=20)),
                ("available", models.CharField(blank=True, max_length=20)),
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
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="movement_lines",
                        to="orders.orderline",
                    ),
                ),
                (
                    "movement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="movements.movement"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.product"
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
                "ordering": ("id",),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="movement_quantity_positive")
                ],
            },
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("wanted", models.DecimalField(decimal_places=4, max_digits=15)),
                ("held", models.DecimalField(decimal_places=4, default=Decimal("0"), max_digits=15)),
                ("placed_at", models.DateTimeField()),
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
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reservations", to="orders.orderline"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reservations", to="orders.order"
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="reservations", to="catalog.product"
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
                "ordering": ("id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("held__lt", models.F("wanted"))),
                        fields=["product", "placed_at", "id"],
                        name="reservation_short",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("line", "product", "warehouse"), name="reservation_once_per_place", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held__gte", 0), ("held__lte", models.F("wanted"))),
                        name="reservation_held_in_wanted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FulfilmentLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=15)),
                ("total", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                (
                    "fulfilment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="movements.fulfilment"
                    ),
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
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="orders.orderline"
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
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("fulfilment", "line", "product"), name="fulfilment_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="fulfilment_quantity_positive"
                    ),
                ],
            },
        ),
    ]
