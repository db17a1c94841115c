"""What a fresh database gets in one step in place of 5; a database of before takes those."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("publishing", "0001_initial"),
        ("publishing", "0002_moment_of_the_note"),
        ("publishing", "0003_permission_of_a_rehearsal"),
        ("publishing", "0004_shipping"),
        ("publishing", "0005_sale_undone"),
    ]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0005_saved_views"),
        ("connections", "0001_squashed_0005_who_serves"),
        ("movements", "0001_squashed_0005_pools_of_companies"),
        ("orders", "0001_squashed_0015_note_of_a_part"),
        ("statuses", "0001_squashed_0003_shipping"),
    ]

    operations = [
        migrations.CreateModel(
            name="ErpOrderPublication",
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
                (
                    "wish",
                    models.CharField(
                        choices=[("placed", "criado"), ("cancelled", "cancelado")], default="placed", max_length=10
                    ),
                ),
                ("external_number", models.CharField(blank=True, max_length=40)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="connections.connection"
                    ),
                ),
                (
                    "fulfilment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="publication",
                        to="movements.fulfilment",
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
                ("allowed_digest", models.CharField(blank=True, max_length=32)),
                ("planned_digest", models.CharField(blank=True, max_length=32)),
                ("undo", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["connection", "due_at"],
                        name="erp_order_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StatusPublication",
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
                (
                    "moment",
                    models.CharField(
                        choices=[
                            ("captured", "Status Atualizar Pedido"),
                            ("invoiced", "Status ao Faturar Nota"),
                            ("shipped", "Status ao Registrar Envio"),
                            ("delivered", "Status ao Marcar Entregue"),
                            ("cancelled", "Status Atualizar Pedido Cancelado"),
                        ],
                        max_length=12,
                    ),
                ),
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="status_publication",
                        to="orders.order",
                    ),
                ),
                (
                    "status",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="statuses.statusentry"
                    ),
                ),
                ("allowed_digest", models.CharField(blank=True, max_length=32)),
                ("planned_digest", models.CharField(blank=True, max_length=32)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["connection", "due_at"],
                        name="status_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TrackingPublication",
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tracking_publication",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["connection", "due_at"],
                        name="tracking_due",
                    )
                ],
            },
        ),
    ]
