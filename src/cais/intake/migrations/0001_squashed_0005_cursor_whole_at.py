"""What a fresh database gets in one step in place of 5; a database of before takes those."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("intake", "0001_initial"),
        ("intake", "0002_document_asked_at"),
        ("intake", "0003_review_and_gaps"),
        ("intake", "0004_run_that_was_asked_for"),
        ("intake", "0005_cursor_whole_at"),
    ]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0005_saved_views"),
        ("connections", "0001_squashed_0005_who_serves"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cursor",
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
                ("kind", models.CharField(max_length=20)),
                ("watermark", models.DateField(null=True)),
                ("asked_by", models.CharField(blank=True, max_length=120)),
                ("read_at", models.DateTimeField(null=True)),
                ("run_id", models.BigIntegerField(null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cursors", to="connections.connection"
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
                ("begun_at", models.DateTimeField(null=True)),
                ("asked_run", models.BigIntegerField(null=True)),
                ("whole_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("connection", "kind"), name="cursor_once_per_kind")],
            },
        ),
        migrations.CreateModel(
            name="Document",
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
                ("kind", models.CharField(max_length=20)),
                ("external_id", models.CharField(max_length=60)),
                ("version", models.CharField(blank=True, max_length=40)),
                ("changed_at", models.DateTimeField(null=True)),
                ("listed_digest", models.CharField(blank=True, max_length=32)),
                ("needs_fetch", models.BooleanField(default=True)),
                ("digest", models.CharField(blank=True, max_length=32)),
                ("recorded_digest", models.CharField(blank=True, max_length=32)),
                ("raw", models.BinaryField(default=b"")),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("fetched_at", models.DateTimeField(null=True)),
                ("fetch_again_at", models.DateTimeField(null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
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
                ("asked_at", models.DateTimeField(null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["connection", "due_at"],
                        name="document_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "kind", "external_id"), name="document_once_per_record"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Gap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "a conferir"), ("found", "encontrado"), ("absent", "não existe")],
                        default="open",
                        max_length=6,
                    ),
                ),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("asked_at", models.DateTimeField(null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="gaps", to="connections.connection"
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
                "indexes": [models.Index(fields=["connection", "state"], name="gap_by_state")],
                "constraints": [models.UniqueConstraint(fields=("connection", "number"), name="gap_once_per_number")],
            },
        ),
    ]
