"""Capture by choice, and products made from orders: settings of a connection."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0001_initial"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="connection",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="connection",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="connection",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="connection",
            name="capture",
            field=models.CharField(
                choices=[("automatic", "automática"), ("by_choice", "por escolha")],
                default="automatic",
                max_length=10,
                verbose_name="captura",
            ),
        ),
        migrations.AddField(
            model_name="connection",
            name="creates_products",
            field=models.BooleanField(default=False, verbose_name="criar produtos que faltam"),
        ),
        migrations.AddField(
            model_name="connectionevent",
            name="capture",
            field=models.CharField(
                choices=[("automatic", "automática"), ("by_choice", "por escolha")],
                default="automatic",
                max_length=10,
                verbose_name="captura",
            ),
        ),
        migrations.AddField(
            model_name="connectionevent",
            name="creates_products",
            field=models.BooleanField(default=False, verbose_name="criar produtos que faltam"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="connection",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "connections_connectionevent" ("capture", "company_id", "connector", "creates_products", "functions", "group_id", "history_days", "id", "modality", "name", "paused", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "settings", "start_at") VALUES (NEW."capture", NEW."company_id", NEW."connector", NEW."creates_products", NEW."functions", NEW."group_id", NEW."history_days", NEW."id", NEW."modality", NEW."name", NEW."paused", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."role", NEW."settings", NEW."start_at"); RETURN NULL;',
                    hash="c9dfacc9d30066014c4b4da1557b0e9a3aee8d03",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6be0d",
                    table="connections_connection",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="connection",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "connections_connectionevent" ("capture", "company_id", "connector", "creates_products", "functions", "group_id", "history_days", "id", "modality", "name", "paused", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "settings", "start_at") VALUES (NEW."capture", NEW."company_id", NEW."connector", NEW."creates_products", NEW."functions", NEW."group_id", NEW."history_days", NEW."id", NEW."modality", NEW."name", NEW."paused", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."role", NEW."settings", NEW."start_at"); RETURN NULL;',
                    hash="58038ca4f7c137c3b88f0b3856261e38b4d5dc90",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9419a",
                    table="connections_connection",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="connection",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "connections_connectionevent" ("capture", "company_id", "connector", "creates_products", "functions", "group_id", "history_days", "id", "modality", "name", "paused", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "settings", "start_at") VALUES (OLD."capture", OLD."company_id", OLD."connector", OLD."creates_products", OLD."functions", OLD."group_id", OLD."history_days", OLD."id", OLD."modality", OLD."name", OLD."paused", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."role", OLD."settings", OLD."start_at"); RETURN NULL;',
                    hash="c31be90f4b66f745ac05ca8dca2686ba46b950e4",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e6dc3",
                    table="connections_connection",
                    when="AFTER",
                ),
            ),
        ),
    ]
