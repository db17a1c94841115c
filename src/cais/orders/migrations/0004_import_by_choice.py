"""Orders wait for a person's choice, and are imported by one."""

import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import cais.core.effects


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0002_group_ids"),
        ("connections", "0002_capture_by_choice"),
        ("customers", "0002_no_copy_of_the_last_order"),
        ("orders", "0003_state_of_the_note"),
        ("statuses", "0002_moment_of_the_note"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderImportEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("actor_name", models.CharField(max_length=120, verbose_name="quem marcou")),
                ("taken", models.PositiveIntegerField(verbose_name="pedidos importados")),
                ("left", models.JSONField(default=dict, verbose_name="ficaram de fora")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="order",
            name="choice",
            field=models.CharField(
                blank=True,
                choices=[("", "nenhuma"), ("awaiting", "espera escolha"), ("left_out", "deixado de fora")],
                default="",
                max_length=10,
            ),
        ),
        # PostgreSQL cannot change the expression of a stored column: it is made anew, with its index.
        migrations.RemoveIndex(model_name="order", name="order_list_by_phase"),
        migrations.RemoveField(model_name="order", name="phase"),
        migrations.AddField(
            model_name="order",
            name="phase",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(models.Q(("is_history", True)), then=models.Value("history")),
                    models.When(
                        models.Q(("erp_state", "done"), models.Q(("hold", ""), _negated=True)),
                        then=models.Value("held"),
                    ),
                    models.When(models.Q(("nfe_state", "unknown")), then=models.Value("nfe_unknown")),
                    models.When(
                        models.Q(
                            ("erp_state__in", ["creating", "done", "unknown"]),
                            ("meaning", cais.core.effects.Meaning["CANCELLED"]),
                        ),
                        then=models.Value("cancelling"),
                    ),
                    models.When(
                        models.Q(("meaning", cais.core.effects.Meaning["CANCELLED"])), then=models.Value("cancelled")
                    ),
                    models.When(models.Q(("nfe_state__in", ["queued", "signed"])), then=models.Value("invoicing")),
                    models.When(models.Q(("nfe_state", "blocked")), then=models.Value("nfe_blocked")),
                    models.When(models.Q(("nfe_state", "rejected")), then=models.Value("nfe_rejected")),
                    models.When(models.Q(("nfe_state", "denied")), then=models.Value("nfe_denied")),
                    models.When(models.Q(("nfe_state", "authorised")), then=models.Value("invoiced")),
                    models.When(models.Q(("nfe_state", "told")), then=models.Value("invoice_told")),
                    models.When(models.Q(("nfe_state", "issued")), then=models.Value("note_issued")),
                    models.When(models.Q(("erp_state", "done")), then=models.Value("integrated")),
                    models.When(models.Q(("erp_state", "unknown")), then=models.Value("erp_unknown")),
                    models.When(models.Q(("erp_state", "refused")), then=models.Value("erp_refused")),
                    models.When(models.Q(("erp_state", "creating")), then=models.Value("creating_erp_order")),
                    models.When(
                        models.Q(
                            ("meaning", cais.core.effects.Meaning["IGNORE"]), ("choice", "left_out"), _connector="OR"
                        ),
                        then=models.Value("ignored"),
                    ),
                    models.When(
                        models.Q(
                            (
                                "meaning__in",
                                [
                                    cais.core.effects.Meaning["FINISHED"],
                                    cais.core.effects.Meaning["INVOICED"],
                                    cais.core.effects.Meaning["SHIPPED"],
                                ],
                            )
                        ),
                        then=models.Value("served_elsewhere"),
                    ),
                    models.When(models.Q(("choice", "awaiting")), then=models.Value("awaiting_choice")),
                    models.When(models.Q(("meaning", "")), then=models.Value("status_unmapped")),
                    models.When(
                        models.Q(("hold__in", ["stock_short", "new_product_short"])), then=models.Value("short")
                    ),
                    models.When(models.Q(("hold", ""), _negated=True), then=models.Value("held")),
                    models.When(
                        models.Q(("meaning", cais.core.effects.Meaning["AWAITING_PAYMENT"])),
                        then=models.Value("awaiting_payment"),
                    ),
                    models.When(models.Q(("movement_state", "error")), then=models.Value("movement_error")),
                    models.When(
                        models.Q(("movement_state__in", ["pending_sync", "validated"])),
                        then=models.Value("awaiting_sync"),
                    ),
                    default=models.Value("awaiting_movement"),
                    output_field=models.CharField(max_length=20),
                ),
                output_field=models.CharField(max_length=20),
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["group", "phase", "-placed_at", "-id"], name="order_list_by_phase"),
        ),
        migrations.CreateModel(
            name="OrderImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("actor_name", models.CharField(max_length=120, verbose_name="quem marcou")),
                ("taken", models.PositiveIntegerField(verbose_name="pedidos importados")),
                ("left", models.JSONField(default=dict, verbose_name="ficaram de fora")),
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
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.AddField(
            model_name="order",
            name="imported_in",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="orders.orderimport"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("choice", "awaiting")),
                fields=["connection", "placed_at"],
                name="order_awaiting_choice",
            ),
        ),
        migrations.AddField(
            model_name="orderimportevent",
            name="connection",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="connections.connection",
            ),
        ),
        migrations.AddField(
            model_name="orderimportevent",
            name="group",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="companies.group",
            ),
        ),
        migrations.AddField(
            model_name="orderimportevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="orders.orderimport",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="orderimport",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_orderimportevent" ("actor_name", "connection_id", "created_at", "group_id", "id", "left", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "taken") VALUES (NEW."actor_name", NEW."connection_id", NEW."created_at", NEW."group_id", NEW."id", NEW."left", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."taken"); RETURN NULL;',
                    hash="c8ba95d8ae5a841c6a3794373832f9588d837418",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2b45d",
                    table="orders_orderimport",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="orderimport",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "orders_orderimportevent" ("actor_name", "connection_id", "created_at", "group_id", "id", "left", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "taken") VALUES (NEW."actor_name", NEW."connection_id", NEW."created_at", NEW."group_id", NEW."id", NEW."left", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."taken"); RETURN NULL;',
                    hash="c9eb3c3df2742e803e44593bf4e218a173d0b1bc",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_38125",
                    table="orders_orderimport",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="orderimport",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_orderimportevent" ("actor_name", "connection_id", "created_at", "group_id", "id", "left", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "taken") VALUES (OLD."actor_name", OLD."connection_id", OLD."created_at", OLD."group_id", OLD."id", OLD."left", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."taken"); RETURN NULL;',
                    hash="3a90f157b6847291971534d4c67d688d04dd051d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_bcf71",
                    table="orders_orderimport",
                    when="AFTER",
                ),
            ),
        ),
    ]
