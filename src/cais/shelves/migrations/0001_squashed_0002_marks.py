"""What a fresh database gets in one step in place of 2; a database of before takes those."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from cais.companies.tracked import statements_of


class Migration(migrations.Migration):
    replaces = [("shelves", "0001_initial"), ("shelves", "0002_marks")]

    initial = True

    dependencies = [
        ("catalog", "0001_squashed_0003_what_stores_list"),
        ("companies", "0001_squashed_0005_saved_views"),
        ("connections", "0001_squashed_0005_who_serves"),
    ]

    operations = [
        migrations.CreateModel(
            name="Drift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shown", models.DecimalField(decimal_places=4, max_digits=15)),
                ("ours", models.DecimalField(decimal_places=4, max_digits=15)),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("itself", "corrigida sozinha"),
                            ("ours", "publicado o nosso"),
                            ("theirs", "aceito o da loja"),
                            ("gone", "a loja já mostra o certo"),
                        ],
                        max_length=6,
                    ),
                ),
                ("ended_by", models.CharField(blank=True, max_length=120)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="connections.connection"
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
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drifts", to="catalog.listing"
                    ),
                ),
            ],
            options={
                "ordering": ("-pk",),
                "indexes": [models.Index(fields=["connection", "-id"], name="drifts_of_connection")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("listing",), name="one_open_drift"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("connection_id", models.BigIntegerField()),
                ("product_id", models.BigIntegerField()),
                ("kind", models.CharField(choices=[("stock", "estoque")], max_length=8)),
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
                "indexes": [models.Index(fields=["connection_id", "kind", "id"], name="mark_of_connection")],
            },
        ),
        migrations.CreateModel(
            name="ShelfReading",
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
                ("asked_by", models.CharField(blank=True, max_length=120)),
                ("begun_at", models.DateTimeField(null=True)),
                ("next_page", models.CharField(blank=True, max_length=200)),
                ("is_read", models.BooleanField(default=False)),
                ("seen", models.PositiveIntegerField(default=0)),
                ("read_at", models.DateTimeField(null=True)),
                ("drifted", models.PositiveIntegerField(default=0)),
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shelf_reading",
                        to="connections.connection",
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["connection", "due_at"],
                        name="shelf_reading_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StockPublication",
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
                ("desired_digest", models.CharField(blank=True, max_length=32)),
                ("published_digest", models.CharField(blank=True, max_length=32)),
                ("published_at", models.DateTimeField(null=True)),
                ("external_id", models.CharField(blank=True, max_length=60)),
                ("allowed_digest", models.CharField(blank=True, max_length=32)),
                ("planned_digest", models.CharField(blank=True, max_length=32)),
                ("desired", models.DecimalField(decimal_places=4, max_digits=15, null=True)),
                ("published", models.DecimalField(decimal_places=4, max_digits=15, null=True)),
                ("waits_since", models.DateTimeField(null=True)),
                ("shown", models.DecimalField(decimal_places=4, max_digits=15, null=True)),
                ("shown_at", models.DateTimeField(null=True)),
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
                    "listing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stock_publication",
                        to="catalog.listing",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["connection", "due_at"], name="stock_due"
                    )
                ],
            },
        ),
        *statements_of("cais.shelves.migrations.0002_marks"),
    ]
