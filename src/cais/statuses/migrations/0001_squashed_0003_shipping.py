"""What a fresh database gets in one step in place of 3; a database of before takes those."""

import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.db import migrations, models

from cais.companies.tracked import CreateTriggers


class Migration(migrations.Migration):
    replaces = [("statuses", "0001_initial"), ("statuses", "0002_moment_of_the_note"), ("statuses", "0003_shipping")]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0005_saved_views"),
        ("connections", "0001_squashed_0005_who_serves"),
    ]

    operations = [
        migrations.CreateModel(
            name="StatusEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=120)),
                ("key", models.CharField(max_length=120)),
                ("external_id", models.CharField(blank=True, max_length=40)),
                ("hint", models.CharField(blank=True, max_length=20)),
                ("in_catalogue", models.BooleanField(default=False)),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "meaning",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("awaiting_payment", "Aguardando pagamento"),
                            ("pending", "Pendente"),
                            ("invoiced", "Faturado"),
                            ("shipped", "Enviado"),
                            ("finished", "Finalizado"),
                            ("cancelled", "Cancelado / Excluído"),
                            ("ignore", "Ignorar"),
                        ],
                        max_length=20,
                    ),
                ),
                ("mapped_by", models.CharField(blank=True, max_length=120)),
                ("mapped_at", models.DateTimeField(null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="statuses",
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
                "ordering": ("label",),
                "constraints": [models.UniqueConstraint(fields=("connection", "key"), name="status_once_per_store")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "statuses_statusentryevent" ("connection_id", "first_seen_at", "group_id", "hint", "id", "key", "label", "mapped_at", "mapped_by", "meaning", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."connection_id", NEW."first_seen_at", NEW."group_id", NEW."hint", NEW."id", NEW."key", NEW."label", NEW."mapped_at", NEW."mapped_by", NEW."meaning", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="189d87c62d800bc49fabca06325d87fd7eb2a693",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_4f7f6",
                            table="statuses_statusentry",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."connection_id" IS DISTINCT FROM (NEW."connection_id") OR OLD."first_seen_at" IS DISTINCT FROM (NEW."first_seen_at") OR OLD."group_id" IS DISTINCT FROM (NEW."group_id") OR OLD."hint" IS DISTINCT FROM (NEW."hint") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."label" IS DISTINCT FROM (NEW."label") OR OLD."mapped_at" IS DISTINCT FROM (NEW."mapped_at") OR OLD."mapped_by" IS DISTINCT FROM (NEW."mapped_by") OR OLD."meaning" IS DISTINCT FROM (NEW."meaning"))',
                            func='INSERT INTO "statuses_statusentryevent" ("connection_id", "first_seen_at", "group_id", "hint", "id", "key", "label", "mapped_at", "mapped_by", "meaning", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."connection_id", NEW."first_seen_at", NEW."group_id", NEW."hint", NEW."id", NEW."key", NEW."label", NEW."mapped_at", NEW."mapped_by", NEW."meaning", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="4280fb5f90424ec266c735fa7578b430b79ed51b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_8b044",
                            table="statuses_statusentry",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "statuses_statusentryevent" ("connection_id", "first_seen_at", "group_id", "hint", "id", "key", "label", "mapped_at", "mapped_by", "meaning", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."connection_id", OLD."first_seen_at", OLD."group_id", OLD."hint", OLD."id", OLD."key", OLD."label", OLD."mapped_at", OLD."mapped_by", OLD."meaning", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="bca8ba5e41d5e18c9b72bc222b52a5754c6e2f90",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_5e66e",
                            table="statuses_statusentry",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatusEntryEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("label", models.CharField(max_length=120)),
                ("key", models.CharField(max_length=120)),
                ("hint", models.CharField(blank=True, max_length=20)),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "meaning",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("awaiting_payment", "Aguardando pagamento"),
                            ("pending", "Pendente"),
                            ("invoiced", "Faturado"),
                            ("shipped", "Enviado"),
                            ("finished", "Finalizado"),
                            ("cancelled", "Cancelado / Excluído"),
                            ("ignore", "Ignorar"),
                        ],
                        max_length=20,
                    ),
                ),
                ("mapped_by", models.CharField(blank=True, max_length=120)),
                ("mapped_at", models.DateTimeField(null=True)),
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
                        to="statuses.statusentry",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WriteBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="write_backs",
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
                (
                    "status",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="statuses.statusentry"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "moment"), name="write_back_once_per_moment")
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "statuses_writebackevent" ("connection_id", "group_id", "id", "moment", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status_id") VALUES (NEW."connection_id", NEW."group_id", NEW."id", NEW."moment", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."status_id"); RETURN NULL;',
                            hash="bf937a676a86f850885da114644accfb3ac4bd79",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_cba75",
                            table="statuses_writeback",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "statuses_writebackevent" ("connection_id", "group_id", "id", "moment", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status_id") VALUES (NEW."connection_id", NEW."group_id", NEW."id", NEW."moment", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."status_id"); RETURN NULL;',
                            hash="1a8fbc726a3c9462862e588a91809ac77b031574",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_3f336",
                            table="statuses_writeback",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "statuses_writebackevent" ("connection_id", "group_id", "id", "moment", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status_id") VALUES (OLD."connection_id", OLD."group_id", OLD."id", OLD."moment", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."status_id"); RETURN NULL;',
                            hash="03065b4bcf40c9562774836c54398368e36c67e8",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_8e158",
                            table="statuses_writeback",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WriteBackEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
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
                        to="statuses.writeback",
                    ),
                ),
                (
                    "status",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="statuses.statusentry",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        CreateTriggers(),
    ]
