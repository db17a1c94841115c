"""What a fresh database gets in one step in place of 3; a database of before takes those."""

from decimal import Decimal

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from cais.companies.tracked import statements_of


class Migration(migrations.Migration):
    replaces = [
        ("backoffice", "0001_initial"),
        ("backoffice", "0002_freight_and_payment"),
        ("backoffice", "0003_day_sales"),
    ]

    initial = True

    dependencies = [
        ("catalog", "0001_squashed_0003_what_stores_list"),
        ("companies", "0001_squashed_0005_saved_views"),
        ("customers", "0001_squashed_0002_no_copy_of_the_last_order"),
    ]

    operations = [
        migrations.CreateModel(
            name="SalesOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("reference", models.CharField(max_length=60)),
                ("kind", models.CharField(default="PEW", max_length=10)),
                ("tag", models.CharField(blank=True, max_length=60)),
                ("store_number", models.CharField(blank=True, max_length=60)),
                ("channel", models.CharField(blank=True, max_length=60)),
                ("buyer_name", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Em aberto"), ("cancelled", "Cancelado")], default="open", max_length=10
                    ),
                ),
                ("placed_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("goods", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("freight", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("discount", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("surcharge", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("total", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("shipping_method", models.CharField(blank=True, max_length=100)),
                ("payment_method", models.CharField(blank=True, max_length=100)),
                ("buyer_note", models.TextField(blank=True)),
                ("content", models.JSONField(default=dict)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sales_orders", to="companies.company"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sales_orders",
                        to="customers.customer",
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
                ("carrier", models.CharField(blank=True, max_length=60)),
                ("freight_by", models.CharField(blank=True, max_length=1)),
                ("freight_service", models.CharField(blank=True, max_length=60)),
                ("instalments", models.PositiveSmallIntegerField(default=1)),
                ("payment_form", models.CharField(blank=True, max_length=2)),
            ],
            options={
                "ordering": ("-number",),
                "indexes": [models.Index(fields=["group", "-created_at", "-id"], name="sales_order_list")],
                "constraints": [
                    models.UniqueConstraint(fields=("group", "reference"), name="sales_order_reference_once"),
                    models.UniqueConstraint(fields=("company", "number"), name="sales_order_number_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SalesOrderCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last", models.PositiveIntegerField(default=0)),
                (
                    "company",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.company"
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SalesOrderLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("sku", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=300)),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=15)),
                ("unit_price", models.DecimalField(decimal_places=4, max_digits=16)),
                ("total", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
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
                    "sales_order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="backoffice.salesorder"
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.CreateModel(
            name="CompanyDaySales",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("orders", models.IntegerField()),
                ("revenue", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.company"
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
            ],
            options={
                "indexes": [models.Index(fields=["group", "day"], name="company_day_sales")],
            },
        ),
        *statements_of("cais.backoffice.migrations.0003_day_sales"),
    ]
