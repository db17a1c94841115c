"""What a fresh database gets in one step in place of 2; a database of before takes those."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from cais.companies.tracked import statements_of


class Migration(migrations.Migration):
    replaces = [("hooks", "0001_initial"), ("hooks", "0002_take_notice")]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0005_saved_views"),
        ("connections", "0001_squashed_0005_who_serves"),
    ]

    operations = [
        migrations.CreateModel(
            name="Door",
            fields=[
                ("key", models.CharField(max_length=43, primary_key=True, serialize=False)),
                ("connector", models.SlugField()),
                ("strangers", models.BigIntegerField(db_default=0, default=0)),
                ("others", models.BigIntegerField(db_default=0, default=0)),
                ("last_stranger_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Listener",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("door_key", models.CharField(max_length=43)),
                ("seller", models.CharField(max_length=60)),
                ("last_at", models.DateTimeField(null=True)),
                ("day", models.DateField(null=True)),
                ("heard", models.PositiveIntegerField(default=0)),
                ("looks", models.PositiveIntegerField(default=0)),
                ("echoes", models.PositiveIntegerField(default=0)),
                ("heard_ever", models.PositiveBigIntegerField(default=0)),
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listener",
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
                "indexes": [models.Index(fields=["door_key", "seller"], name="listener_of_a_door")],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("external_id", models.CharField(max_length=60)),
                ("act", models.CharField(max_length=10)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("merged_at", models.DateTimeField(null=True)),
                ("document_id", models.BigIntegerField(null=True)),
                ("echo", models.BooleanField(db_default=False, default=False)),
                (
                    "connection",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="connections.connection",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
                        condition=models.Q(("merged_at", None)), fields=["connection", "id"], name="notice_unmerged"
                    )
                ],
            },
        ),
        *statements_of("cais.hooks.migrations.0002_take_notice"),
    ]
