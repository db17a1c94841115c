"""What a fresh database gets in one step in place of 1; a database of before takes those."""

from decimal import Decimal

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("inbox", "0001_initial")]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0005_saved_views"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pending",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=40)),
                ("cause", models.CharField(max_length=160)),
                ("connection_id", models.BigIntegerField(null=True)),
                ("subject", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                ("subject_label", models.CharField(blank=True, max_length=120)),
                ("amount", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("params", models.JSONField(default=dict)),
                ("detail", models.TextField(blank=True)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("closed_at", models.DateTimeField(null=True)),
                ("snoozed_until", models.DateTimeField(null=True)),
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
                        condition=models.Q(("closed_at", None)),
                        fields=["group", "reason", "cause"],
                        name="pending_open",
                    ),
                    models.Index(fields=["subject", "subject_id"], name="pending_of_subject"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("subject", "subject_id", "reason", "cause"),
                        name="pending_open_once",
                    )
                ],
            },
        ),
    ]
