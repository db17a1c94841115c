"""What a fresh database gets in one step in place of 5; a database of before takes those."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.db import migrations, models

from cais.companies.tracked import CreateTriggers


class Migration(migrations.Migration):
    replaces = [
        ("connections", "0001_initial"),
        ("connections", "0002_capture_by_choice"),
        ("connections", "0003_observing"),
        ("connections", "0004_disconnected_account"),
        ("connections", "0005_who_serves"),
    ]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0005_saved_views"),
    ]

    operations = [
        migrations.CreateModel(
            name="Connection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("connector", models.SlugField()),
                ("modality", models.CharField(max_length=10, verbose_name="modalidade")),
                ("role", models.CharField(choices=[("store", "Loja"), ("erp", "ERP")], max_length=5)),
                ("name", models.CharField(max_length=60, verbose_name="nome")),
                ("settings", models.JSONField(default=dict)),
                (
                    "functions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
                (
                    "start_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="recebe pedidos desde"),
                ),
                ("history_days", models.PositiveSmallIntegerField(default=30, verbose_name="dias de histórico")),
                ("paused", models.BooleanField(default=False, verbose_name="pausada")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="connections",
                        to="companies.company",
                        verbose_name="empresa",
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
                    "capture",
                    models.CharField(
                        choices=[("automatic", "automática"), ("by_choice", "por escolha")],
                        default="automatic",
                        max_length=10,
                        verbose_name="captura",
                    ),
                ),
                ("creates_products", models.BooleanField(default=False, verbose_name="criar produtos que faltam")),
                (
                    "mode",
                    models.CharField(
                        choices=[("publish", "Escreve"), ("observe", "Só observando")],
                        default="publish",
                        max_length=10,
                        verbose_name="modo",
                    ),
                ),
                ("rehearsed_at", models.DateTimeField(null=True, verbose_name="ensaio visto em")),
                (
                    "moves",
                    models.CharField(
                        choices=[
                            ("always", "sempre"),
                            ("whole", "quando uma empresa atende tudo"),
                            ("never", "nunca: uma pessoa movimenta"),
                        ],
                        default="whole",
                        max_length=6,
                        verbose_name="movimenta sozinho",
                    ),
                ),
                (
                    "policy",
                    models.CharField(
                        choices=[("priority", "prioridade"), ("fewest_parcels", "menos volumes")],
                        default="priority",
                        max_length=14,
                        verbose_name="regra da proposta",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("group", "name"), name="connection_name_once_per_group")
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "connections_connectionevent" ("capture", "company_id", "connector", "creates_products", "functions", "group_id", "history_days", "id", "modality", "mode", "moves", "name", "paused", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy", "rehearsed_at", "role", "settings", "start_at") VALUES (NEW."capture", NEW."company_id", NEW."connector", NEW."creates_products", NEW."functions", NEW."group_id", NEW."history_days", NEW."id", NEW."modality", NEW."mode", NEW."moves", NEW."name", NEW."paused", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."policy", NEW."rehearsed_at", NEW."role", NEW."settings", NEW."start_at"); RETURN NULL;',
                            hash="a941938d44e253e12d160773f4e82dd6496ec112",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_6be0d",
                            table="connections_connection",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "connections_connectionevent" ("capture", "company_id", "connector", "creates_products", "functions", "group_id", "history_days", "id", "modality", "mode", "moves", "name", "paused", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy", "rehearsed_at", "role", "settings", "start_at") VALUES (NEW."capture", NEW."company_id", NEW."connector", NEW."creates_products", NEW."functions", NEW."group_id", NEW."history_days", NEW."id", NEW."modality", NEW."mode", NEW."moves", NEW."name", NEW."paused", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."policy", NEW."rehearsed_at", NEW."role", NEW."settings", NEW."start_at"); RETURN NULL;',
                            hash="65d714f138a8784ffb29894a1436a20159bb5fd2",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_9419a",
                            table="connections_connection",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "connections_connectionevent" ("capture", "company_id", "connector", "creates_products", "functions", "group_id", "history_days", "id", "modality", "mode", "moves", "name", "paused", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy", "rehearsed_at", "role", "settings", "start_at") VALUES (OLD."capture", OLD."company_id", OLD."connector", OLD."creates_products", OLD."functions", OLD."group_id", OLD."history_days", OLD."id", OLD."modality", OLD."mode", OLD."moves", OLD."name", OLD."paused", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."policy", OLD."rehearsed_at", OLD."role", OLD."settings", OLD."start_at"); RETURN NULL;',
                            hash="0896d8980d465f79be182166e29de1eff1d18a09",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_e6dc3",
                            table="connections_connection",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Budget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "minute",
                    django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), default=list, size=None),
                ),
                ("day", models.DateField(null=True)),
                ("day_calls", models.PositiveIntegerField(default=0)),
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
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="budget", to="connections.connection"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ConnectionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("connector", models.SlugField(db_index=False)),
                ("modality", models.CharField(max_length=10, verbose_name="modalidade")),
                ("role", models.CharField(choices=[("store", "Loja"), ("erp", "ERP")], max_length=5)),
                ("name", models.CharField(max_length=60, verbose_name="nome")),
                ("settings", models.JSONField(default=dict)),
                (
                    "functions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
                (
                    "start_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="recebe pedidos desde"),
                ),
                ("history_days", models.PositiveSmallIntegerField(default=30, verbose_name="dias de histórico")),
                ("paused", models.BooleanField(default=False, verbose_name="pausada")),
                (
                    "company",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="companies.company",
                        verbose_name="empresa",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="companies.group",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="connections.connection",
                    ),
                ),
                (
                    "capture",
                    models.CharField(
                        choices=[("automatic", "automática"), ("by_choice", "por escolha")],
                        default="automatic",
                        max_length=10,
                        verbose_name="captura",
                    ),
                ),
                ("creates_products", models.BooleanField(default=False, verbose_name="criar produtos que faltam")),
                (
                    "mode",
                    models.CharField(
                        choices=[("publish", "Escreve"), ("observe", "Só observando")],
                        default="publish",
                        max_length=10,
                        verbose_name="modo",
                    ),
                ),
                ("rehearsed_at", models.DateTimeField(null=True, verbose_name="ensaio visto em")),
                (
                    "moves",
                    models.CharField(
                        choices=[
                            ("always", "sempre"),
                            ("whole", "quando uma empresa atende tudo"),
                            ("never", "nunca: uma pessoa movimenta"),
                        ],
                        default="whole",
                        max_length=6,
                        verbose_name="movimenta sozinho",
                    ),
                ),
                (
                    "policy",
                    models.CharField(
                        choices=[("priority", "prioridade"), ("fewest_parcels", "menos volumes")],
                        default="priority",
                        max_length=14,
                        verbose_name="regra da proposta",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Health",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("access", models.CharField(blank=True, max_length=40)),
                ("detail", models.TextField(blank=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("wait_until", models.DateTimeField(null=True)),
                ("limited_until", models.DateTimeField(null=True)),
                ("last_read_at", models.DateTimeField(null=True)),
                ("last_order_at", models.DateTimeField(null=True)),
                ("statuses_read_at", models.DateTimeField(null=True)),
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="health", to="connections.connection"
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
                ("disconnected", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Secret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("ciphertext", models.BinaryField()),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="secrets", to="connections.connection"
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
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "name"), name="secret_once_per_connection")
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredTokens",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ciphertext", models.BinaryField()),
                ("access_expires_at", models.DateTimeField()),
                ("refresh_expires_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stored_tokens",
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ServingCompany",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.PositiveSmallIntegerField(null=True, verbose_name="lugar na fila desta loja")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="serving_companies",
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
                "constraints": [models.UniqueConstraint(fields=("connection", "company"), name="company_serves_once")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "connections_servingcompanyevent" ("company_id", "connection_id", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank") VALUES (NEW."company_id", NEW."connection_id", NEW."group_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."rank"); RETURN NULL;',
                            hash="19256ce2b3830b9fd1623f4d78ea14017eac31bb",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_5373e",
                            table="connections_servingcompany",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "connections_servingcompanyevent" ("company_id", "connection_id", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank") VALUES (NEW."company_id", NEW."connection_id", NEW."group_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."rank"); RETURN NULL;',
                            hash="96920aed0f8cf23363686b42d8423f750c558ecb",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_0ccb0",
                            table="connections_servingcompany",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "connections_servingcompanyevent" ("company_id", "connection_id", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank") VALUES (OLD."company_id", OLD."connection_id", OLD."group_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."rank"); RETURN NULL;',
                            hash="7426e2ce49e2586c3e27d671b7404346e1bf6553",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_98f26",
                            table="connections_servingcompany",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServingCompanyEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("rank", models.PositiveSmallIntegerField(null=True, verbose_name="lugar na fila desta loja")),
                (
                    "company",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="connections.connection",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="companies.group",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="connections.servingcompany",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        CreateTriggers(),
    ]
