"""What a fresh database gets in one step in place of 1; a database of before takes those."""

from decimal import Decimal

import django.contrib.postgres.fields
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
from django.db import migrations, models

from cais.companies.tracked import CreateTriggers


class Migration(migrations.Migration):
    replaces = [("offering", "0001_what_a_store_may_show")]

    initial = True

    dependencies = [
        ("catalog", "0001_squashed_0003_what_stores_list"),
        ("companies", "0001_squashed_0005_saved_views"),
        ("connections", "0001_squashed_0005_who_serves"),
    ]

    operations = [
        migrations.CreateModel(
            name="StockException",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "buffer",
                    models.DecimalField(
                        decimal_places=4, max_digits=15, null=True, verbose_name="reserva de segurança"
                    ),
                ),
                (
                    "cap",
                    models.DecimalField(decimal_places=4, max_digits=15, null=True, verbose_name="máximo mostrado"),
                ),
                ("stopped", models.BooleanField(default=False, verbose_name="venda parada")),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stock_exceptions",
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
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stock_exceptions",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "ordering": ("product__sku",),
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "product"), name="stock_exception_once"),
                    models.CheckConstraint(
                        condition=models.Q(("buffer", None), ("buffer__gte", 0), _connector="OR"),
                        name="exception_buffer_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cap", None), ("cap__gte", 0), _connector="OR"),
                        name="exception_cap_not_negative",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "offering_stockexceptionevent" ("buffer", "cap", "connection_id", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "stopped") VALUES (NEW."buffer", NEW."cap", NEW."connection_id", NEW."group_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."product_id", NEW."stopped"); RETURN NULL;',
                            hash="904cd615fcf5dd941e850981404a534f8a5784d6",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_5ac27",
                            table="offering_stockexception",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "offering_stockexceptionevent" ("buffer", "cap", "connection_id", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "stopped") VALUES (NEW."buffer", NEW."cap", NEW."connection_id", NEW."group_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."product_id", NEW."stopped"); RETURN NULL;',
                            hash="8fb2bdaddd07bfda2fec1ae7fd61898e90de20b1",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_fb245",
                            table="offering_stockexception",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "offering_stockexceptionevent" ("buffer", "cap", "connection_id", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "stopped") VALUES (OLD."buffer", OLD."cap", OLD."connection_id", OLD."group_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."product_id", OLD."stopped"); RETURN NULL;',
                            hash="c94ef4579abc4a118d15317b6cdea3d46c7e9cb6",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_42ccc",
                            table="offering_stockexception",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockExceptionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "buffer",
                    models.DecimalField(
                        decimal_places=4, max_digits=15, null=True, verbose_name="reserva de segurança"
                    ),
                ),
                (
                    "cap",
                    models.DecimalField(decimal_places=4, max_digits=15, null=True, verbose_name="máximo mostrado"),
                ),
                ("stopped", models.BooleanField(default=False, verbose_name="venda parada")),
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
                        to="offering.stockexception",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StockPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "warehouses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), null=True, size=None, verbose_name="depósitos"
                    ),
                ),
                (
                    "buffer",
                    models.DecimalField(
                        decimal_places=4, default=Decimal("0"), max_digits=15, verbose_name="reserva de segurança"
                    ),
                ),
                (
                    "cap",
                    models.DecimalField(decimal_places=4, max_digits=15, null=True, verbose_name="máximo mostrado"),
                ),
                ("stopped", models.BooleanField(default=False, verbose_name="venda parada")),
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stock_policy",
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
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("buffer__gte", 0)), name="policy_buffer_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(("cap", None), ("cap__gte", 0), _connector="OR"),
                        name="policy_cap_not_negative",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "offering_stockpolicyevent" ("buffer", "cap", "connection_id", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stopped", "warehouses") VALUES (NEW."buffer", NEW."cap", NEW."connection_id", NEW."group_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."stopped", NEW."warehouses"); RETURN NULL;',
                            hash="88201478bbbb0c7bbe3c1d7e9116670bdcb0dcf2",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_6b39f",
                            table="offering_stockpolicy",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "offering_stockpolicyevent" ("buffer", "cap", "connection_id", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stopped", "warehouses") VALUES (NEW."buffer", NEW."cap", NEW."connection_id", NEW."group_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."stopped", NEW."warehouses"); RETURN NULL;',
                            hash="eff1b2de163dcc1fe903da471d2ba143e74d36f4",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_03766",
                            table="offering_stockpolicy",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "offering_stockpolicyevent" ("buffer", "cap", "connection_id", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stopped", "warehouses") VALUES (OLD."buffer", OLD."cap", OLD."connection_id", OLD."group_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."stopped", OLD."warehouses"); RETURN NULL;',
                            hash="e1affc869dd58cdc66da8405a3321ae78c8ad7b4",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_4e122",
                            table="offering_stockpolicy",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockPolicyEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "warehouses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), null=True, size=None, verbose_name="depósitos"
                    ),
                ),
                (
                    "buffer",
                    models.DecimalField(
                        decimal_places=4, default=Decimal("0"), max_digits=15, verbose_name="reserva de segurança"
                    ),
                ),
                (
                    "cap",
                    models.DecimalField(decimal_places=4, max_digits=15, null=True, verbose_name="máximo mostrado"),
                ),
                ("stopped", models.BooleanField(default=False, verbose_name="venda parada")),
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
                        to="offering.stockpolicy",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        CreateTriggers(),
    ]
