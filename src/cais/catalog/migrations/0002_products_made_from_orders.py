"""A product knows that an order made it."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="product",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="product",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="product",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="product",
            name="made_from_order",
            field=models.BooleanField(default=False, verbose_name="criado por um pedido"),
        ),
        migrations.AddField(
            model_name="productevent",
            name="made_from_order",
            field=models.BooleanField(default=False, verbose_name="criado por um pedido"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="product",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "catalog_productevent" ("active", "created_at", "group_id", "gtin", "height_cm", "id", "is_kit", "length_cm", "made_from_order", "name", "ncm", "origin", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "sku", "tracks_stock", "unit", "weight_g", "width_cm") VALUES (NEW."active", NEW."created_at", NEW."group_id", NEW."gtin", NEW."height_cm", NEW."id", NEW."is_kit", NEW."length_cm", NEW."made_from_order", NEW."name", NEW."ncm", NEW."origin", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."price", NEW."sku", NEW."tracks_stock", NEW."unit", NEW."weight_g", NEW."width_cm"); RETURN NULL;',
                    hash="8eb928588f5d07bfd1ffc7cf7d978ad7f787000d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ae3fa",
                    table="catalog_product",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="product",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "catalog_productevent" ("active", "created_at", "group_id", "gtin", "height_cm", "id", "is_kit", "length_cm", "made_from_order", "name", "ncm", "origin", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "sku", "tracks_stock", "unit", "weight_g", "width_cm") VALUES (NEW."active", NEW."created_at", NEW."group_id", NEW."gtin", NEW."height_cm", NEW."id", NEW."is_kit", NEW."length_cm", NEW."made_from_order", NEW."name", NEW."ncm", NEW."origin", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."price", NEW."sku", NEW."tracks_stock", NEW."unit", NEW."weight_g", NEW."width_cm"); RETURN NULL;',
                    hash="6605ea2385eaa9c3b68cf17ed060be73561f93b3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_580c5",
                    table="catalog_product",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="product",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "catalog_productevent" ("active", "created_at", "group_id", "gtin", "height_cm", "id", "is_kit", "length_cm", "made_from_order", "name", "ncm", "origin", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "sku", "tracks_stock", "unit", "weight_g", "width_cm") VALUES (OLD."active", OLD."created_at", OLD."group_id", OLD."gtin", OLD."height_cm", OLD."id", OLD."is_kit", OLD."length_cm", OLD."made_from_order", OLD."name", OLD."ncm", OLD."origin", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."price", OLD."sku", OLD."tracks_stock", OLD."unit", OLD."weight_g", OLD."width_cm"); RETURN NULL;',
                    hash="e202044e174d68a65383c39dd2af630753f238bc",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a763a",
                    table="catalog_product",
                    when="AFTER",
                ),
            ),
        ),
    ]
