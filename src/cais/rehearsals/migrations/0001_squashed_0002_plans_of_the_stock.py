"""What a fresh database gets in one step in place of 2; a database of before takes those."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("rehearsals", "0001_initial"), ("rehearsals", "0002_plans_of_the_stock")]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0005_saved_views"),
        ("connections", "0001_squashed_0005_who_serves"),
    ]

    operations = [
        migrations.CreateModel(
            name="Rehearsal",
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
                            ("reading", "Lendo"),
                            ("ready", "Pronto"),
                            ("applying", "Aplicando"),
                            ("over", "Terminado"),
                        ],
                        default="reading",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("asked_by", models.CharField(max_length=120)),
                ("ready_at", models.DateTimeField(null=True)),
                ("applied_at", models.DateTimeField(null=True)),
                ("applied_by", models.CharField(blank=True, max_length=120)),
                ("finished_at", models.DateTimeField(null=True)),
                ("stopping", models.BooleanField(default=False)),
                ("left_out", models.PositiveIntegerField(default=0)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rehearsals",
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
                ("is_listed", models.BooleanField(default=True)),
                (
                    "scope",
                    models.CharField(
                        choices=[("orders", "Pedidos"), ("stock", "Estoque")], default="orders", max_length=8
                    ),
                ),
                ("seen_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-pk",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["connection", "due_at"],
                        name="rehearsal_due",
                    ),
                    models.Index(fields=["group", "-id"], name="rehearsal_list"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RehearsalRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("publication_id", models.BigIntegerField()),
                ("order_id", models.BigIntegerField(null=True)),
                ("label", models.CharField(max_length=60)),
                ("verb", models.CharField(blank=True, max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("to_read", "A ler"),
                            ("ready", "Mudaria"),
                            ("same", "Já está assim"),
                            ("moved", "Mudou depois"),
                            ("unreadable", "Não deu para ler"),
                            ("released", "Aplicando"),
                            ("applied", "Aplicado"),
                            ("refused", "Recusado"),
                        ],
                        default="to_read",
                        max_length=10,
                    ),
                ),
                ("fields", models.JSONField(default=list)),
                ("calls", models.PositiveSmallIntegerField(default=0)),
                ("desired_digest", models.CharField(max_length=32)),
                ("source_digest", models.CharField(blank=True, max_length=32)),
                ("released_at", models.DateTimeField(null=True)),
                ("words", models.TextField(blank=True)),
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
                    "rehearsal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="rehearsals.rehearsal"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "indexes": [models.Index(fields=["rehearsal", "state", "id"], name="rehearsal_rows_by_state")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("rehearsal", "kind", "publication_id"), name="rehearsed_once_per_plan"
                    )
                ],
            },
        ),
    ]
