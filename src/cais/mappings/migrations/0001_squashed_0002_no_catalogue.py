"""What a fresh database gets in one step in place of 2; a database of before takes those."""

import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.db import migrations, models

from cais.companies.tracked import CreateTriggers


class Migration(migrations.Migration):
    replaces = [("mappings", "0001_tables_of_a_store"), ("mappings", "0002_no_catalogue")]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0005_saved_views"),
        ("connections", "0001_squashed_0005_who_serves"),
    ]

    operations = [
        migrations.CreateModel(
            name="SalesChannel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(blank=True, max_length=120)),
                ("key", models.CharField(max_length=250)),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("recognised", models.BooleanField(default=False)),
                ("filled_by", models.CharField(blank=True, max_length=120)),
                ("filled_at", models.DateTimeField(null=True)),
                (
                    "nature",
                    models.CharField(
                        blank=True,
                        choices=[("own", "Loja própria"), ("marketplace", "Marketplace")],
                        max_length=12,
                        verbose_name="tipo",
                    ),
                ),
                ("shown_as", models.CharField(blank=True, max_length=60, verbose_name="nome no Cais")),
                (
                    "intermediary_cnpj",
                    models.CharField(blank=True, max_length=14, verbose_name="CNPJ do intermediador"),
                ),
                ("seller_id", models.CharField(blank=True, max_length=60, verbose_name="loja no intermediador")),
                ("may_split", models.BooleanField(default=True, verbose_name="pode dividir o pedido")),
                (
                    "note_by",
                    models.CharField(
                        choices=[("merchant", "A loja"), ("marketplace", "O marketplace")],
                        default="merchant",
                        max_length=12,
                        verbose_name="quem emite a nota",
                    ),
                ),
                ("fulfilled_by_marketplace", models.BooleanField(default=False, verbose_name="estoque no marketplace")),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="connections.connection"
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
                "constraints": [models.UniqueConstraint(fields=("connection", "key"), name="sales_channel_once")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "mappings_saleschannelevent" ("connection_id", "filled_at", "filled_by", "first_seen_at", "fulfilled_by_marketplace", "group_id", "id", "intermediary_cnpj", "key", "label", "may_split", "nature", "note_by", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recognised", "seller_id", "shown_as") VALUES (NEW."connection_id", NEW."filled_at", NEW."filled_by", NEW."first_seen_at", NEW."fulfilled_by_marketplace", NEW."group_id", NEW."id", NEW."intermediary_cnpj", NEW."key", NEW."label", NEW."may_split", NEW."nature", NEW."note_by", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."recognised", NEW."seller_id", NEW."shown_as"); RETURN NULL;',
                            hash="7b90d0797f648dfe797f1fb968876a86f2c66b48",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_213a0",
                            table="mappings_saleschannel",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "mappings_saleschannelevent" ("connection_id", "filled_at", "filled_by", "first_seen_at", "fulfilled_by_marketplace", "group_id", "id", "intermediary_cnpj", "key", "label", "may_split", "nature", "note_by", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recognised", "seller_id", "shown_as") VALUES (NEW."connection_id", NEW."filled_at", NEW."filled_by", NEW."first_seen_at", NEW."fulfilled_by_marketplace", NEW."group_id", NEW."id", NEW."intermediary_cnpj", NEW."key", NEW."label", NEW."may_split", NEW."nature", NEW."note_by", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."recognised", NEW."seller_id", NEW."shown_as"); RETURN NULL;',
                            hash="74865f555df66d6cdd766beb1863477686bd4cd7",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_62ce7",
                            table="mappings_saleschannel",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "mappings_saleschannelevent" ("connection_id", "filled_at", "filled_by", "first_seen_at", "fulfilled_by_marketplace", "group_id", "id", "intermediary_cnpj", "key", "label", "may_split", "nature", "note_by", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recognised", "seller_id", "shown_as") VALUES (OLD."connection_id", OLD."filled_at", OLD."filled_by", OLD."first_seen_at", OLD."fulfilled_by_marketplace", OLD."group_id", OLD."id", OLD."intermediary_cnpj", OLD."key", OLD."label", OLD."may_split", OLD."nature", OLD."note_by", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."recognised", OLD."seller_id", OLD."shown_as"); RETURN NULL;',
                            hash="35c0963d036c6c7b8e1b2e0091e3730ad9fa4c67",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_2d347",
                            table="mappings_saleschannel",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BearerRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(blank=True, max_length=120)),
                ("key", models.CharField(max_length=250)),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("recognised", models.BooleanField(default=False)),
                ("filled_by", models.CharField(blank=True, max_length=120)),
                ("filled_at", models.DateTimeField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("freight", "freight"),
                            ("discount", "discount"),
                            ("coupon", "coupon"),
                            ("payment_rate", "payment_rate"),
                            ("tax", "tax"),
                            ("interest", "interest"),
                            ("other", "other"),
                        ],
                        max_length=14,
                    ),
                ),
                ("is_discount", models.BooleanField()),
                ("only", models.CharField(blank=True, max_length=100, verbose_name="só para")),
                (
                    "borne_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("merchant", "merchant"),
                            ("marketplace", "marketplace"),
                            ("gateway", "gateway"),
                            ("buyer", "buyer"),
                        ],
                        max_length=12,
                        verbose_name="por conta de",
                    ),
                ),
                ("enters_invoice", models.BooleanField(default=True, verbose_name="entra na nota")),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="connections.connection"
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
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bearer_rules",
                        to="mappings.saleschannel",
                    ),
                ),
            ],
            options={
                "ordering": ("channel__label", "kind", "only"),
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "key"), name="bearer_rule_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("borne_by", "merchant"), ("enters_invoice", False), ("is_discount", True), _negated=True
                        ),
                        name="own_discount_enters_invoice",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "mappings_bearerruleevent" ("borne_by", "channel_id", "connection_id", "enters_invoice", "filled_at", "filled_by", "first_seen_at", "group_id", "id", "is_discount", "key", "kind", "label", "only", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recognised") VALUES (NEW."borne_by", NEW."channel_id", NEW."connection_id", NEW."enters_invoice", NEW."filled_at", NEW."filled_by", NEW."first_seen_at", NEW."group_id", NEW."id", NEW."is_discount", NEW."key", NEW."kind", NEW."label", NEW."only", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."recognised"); RETURN NULL;',
                            hash="ca8f3a66707c88fcec8a1a78018dc17ad45cd3ee",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_ffafc",
                            table="mappings_bearerrule",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "mappings_bearerruleevent" ("borne_by", "channel_id", "connection_id", "enters_invoice", "filled_at", "filled_by", "first_seen_at", "group_id", "id", "is_discount", "key", "kind", "label", "only", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recognised") VALUES (NEW."borne_by", NEW."channel_id", NEW."connection_id", NEW."enters_invoice", NEW."filled_at", NEW."filled_by", NEW."first_seen_at", NEW."group_id", NEW."id", NEW."is_discount", NEW."key", NEW."kind", NEW."label", NEW."only", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."recognised"); RETURN NULL;',
                            hash="058ae312f7c0f81a5072e03469e8399c148bbd0c",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_dd201",
                            table="mappings_bearerrule",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "mappings_bearerruleevent" ("borne_by", "channel_id", "connection_id", "enters_invoice", "filled_at", "filled_by", "first_seen_at", "group_id", "id", "is_discount", "key", "kind", "label", "only", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recognised") VALUES (OLD."borne_by", OLD."channel_id", OLD."connection_id", OLD."enters_invoice", OLD."filled_at", OLD."filled_by", OLD."first_seen_at", OLD."group_id", OLD."id", OLD."is_discount", OLD."key", OLD."kind", OLD."label", OLD."only", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."recognised"); RETURN NULL;',
                            hash="e9b526e2f5ef2eae9001c833069f257a28bcdd30",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_bdfdc",
                            table="mappings_bearerrule",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChannelIssuer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.company"
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
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="issuers", to="mappings.saleschannel"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("channel", "company"), name="channel_issuer_once")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "mappings_channelissuerevent" ("channel_id", "company_id", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."channel_id", NEW."company_id", NEW."group_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="39a75c35266e131c8a9cd792fb816eee7c786609",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_5944b",
                            table="mappings_channelissuer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "mappings_channelissuerevent" ("channel_id", "company_id", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."channel_id", NEW."company_id", NEW."group_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="aa94579730a3b41f845232d075e652e2ae0df66a",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_7edeb",
                            table="mappings_channelissuer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "mappings_channelissuerevent" ("channel_id", "company_id", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."channel_id", OLD."company_id", OLD."group_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="2ebb32b4759fda0f165e26882439daa0232b0a67",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_45cfd",
                            table="mappings_channelissuer",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FreightMethod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(blank=True, max_length=120)),
                ("key", models.CharField(max_length=250)),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("recognised", models.BooleanField(default=False)),
                ("filled_by", models.CharField(blank=True, max_length=120)),
                ("filled_at", models.DateTimeField(null=True)),
                ("integrator", models.CharField(blank=True, max_length=60, verbose_name="integrador")),
                (
                    "freight_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("0", "0 – Por conta da loja (CIF)"),
                            ("1", "1 – Por conta do cliente (FOB)"),
                            ("2", "2 – Por conta de terceiros"),
                            ("3", "3 – Transporte próprio da loja"),
                            ("4", "4 – Transporte próprio do cliente"),
                            ("9", "9 – Sem transporte"),
                        ],
                        max_length=1,
                        verbose_name="modalidade do frete",
                    ),
                ),
                ("carrier_name", models.CharField(blank=True, max_length=60, verbose_name="transportadora")),
                (
                    "carrier_document",
                    models.CharField(blank=True, max_length=14, verbose_name="CNPJ da transportadora"),
                ),
                ("service", models.CharField(blank=True, max_length=60, verbose_name="serviço")),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="connections.connection"
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
                "ordering": ("label", "integrator"),
                "constraints": [models.UniqueConstraint(fields=("connection", "key"), name="freight_method_once")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "mappings_freightmethodevent" ("carrier_document", "carrier_name", "connection_id", "filled_at", "filled_by", "first_seen_at", "freight_by", "group_id", "id", "integrator", "key", "label", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recognised", "service") VALUES (NEW."carrier_document", NEW."carrier_name", NEW."connection_id", NEW."filled_at", NEW."filled_by", NEW."first_seen_at", NEW."freight_by", NEW."group_id", NEW."id", NEW."integrator", NEW."key", NEW."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."recognised", NEW."service"); RETURN NULL;',
                            hash="56a302ea5d7c557ebac43996ca50f75af39610ac",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_89f30",
                            table="mappings_freightmethod",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "mappings_freightmethodevent" ("carrier_document", "carrier_name", "connection_id", "filled_at", "filled_by", "first_seen_at", "freight_by", "group_id", "id", "integrator", "key", "label", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recognised", "service") VALUES (NEW."carrier_document", NEW."carrier_name", NEW."connection_id", NEW."filled_at", NEW."filled_by", NEW."first_seen_at", NEW."freight_by", NEW."group_id", NEW."id", NEW."integrator", NEW."key", NEW."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."recognised", NEW."service"); RETURN NULL;',
                            hash="bb484505d83b2e356798b872e32527e8e2af0518",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_7558a",
                            table="mappings_freightmethod",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "mappings_freightmethodevent" ("carrier_document", "carrier_name", "connection_id", "filled_at", "filled_by", "first_seen_at", "freight_by", "group_id", "id", "integrator", "key", "label", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recognised", "service") VALUES (OLD."carrier_document", OLD."carrier_name", OLD."connection_id", OLD."filled_at", OLD."filled_by", OLD."first_seen_at", OLD."freight_by", OLD."group_id", OLD."id", OLD."integrator", OLD."key", OLD."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."recognised", OLD."service"); RETURN NULL;',
                            hash="bd4afd937d0f238dbf827241c541d1b861fe3851",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_4cd66",
                            table="mappings_freightmethod",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FreightMethodEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("label", models.CharField(blank=True, max_length=120)),
                ("key", models.CharField(max_length=250)),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("recognised", models.BooleanField(default=False)),
                ("filled_by", models.CharField(blank=True, max_length=120)),
                ("filled_at", models.DateTimeField(null=True)),
                ("integrator", models.CharField(blank=True, max_length=60, verbose_name="integrador")),
                (
                    "freight_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("0", "0 – Por conta da loja (CIF)"),
                            ("1", "1 – Por conta do cliente (FOB)"),
                            ("2", "2 – Por conta de terceiros"),
                            ("3", "3 – Transporte próprio da loja"),
                            ("4", "4 – Transporte próprio do cliente"),
                            ("9", "9 – Sem transporte"),
                        ],
                        max_length=1,
                        verbose_name="modalidade do frete",
                    ),
                ),
                ("carrier_name", models.CharField(blank=True, max_length=60, verbose_name="transportadora")),
                (
                    "carrier_document",
                    models.CharField(blank=True, max_length=14, verbose_name="CNPJ da transportadora"),
                ),
                ("service", models.CharField(blank=True, max_length=60, verbose_name="serviço")),
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
                        to="mappings.freightmethod",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PaymentMethod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(blank=True, max_length=120)),
                ("key", models.CharField(max_length=250)),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("recognised", models.BooleanField(default=False)),
                ("filled_by", models.CharField(blank=True, max_length=120)),
                ("filled_at", models.DateTimeField(null=True)),
                ("kind", models.CharField(blank=True, max_length=40, verbose_name="tipo na loja")),
                ("external_id", models.CharField(blank=True, max_length=40)),
                (
                    "tender",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("01", "01 – Dinheiro"),
                            ("02", "02 – Cheque"),
                            ("03", "03 – Cartão de crédito"),
                            ("04", "04 – Cartão de débito"),
                            ("05", "05 – Crédito da loja"),
                            ("12", "12 – Vale-presente"),
                            ("15", "15 – Boleto bancário"),
                            ("16", "16 – Depósito bancário"),
                            ("17", "17 – Pix"),
                            ("18", "18 – Transferência ou carteira digital"),
                            ("19", "19 – Fidelidade ou cashback"),
                            ("20", "20 – Pix estático"),
                            ("99", "99 – Outros"),
                        ],
                        max_length=2,
                        verbose_name="forma na nota",
                    ),
                ),
                (
                    "brand",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("01", "Visa"),
                            ("02", "Mastercard"),
                            ("03", "American Express"),
                            ("04", "Sorocred"),
                            ("05", "Diners Club"),
                            ("06", "Elo"),
                            ("07", "Hipercard"),
                            ("08", "Aura"),
                            ("09", "Cabal"),
                            ("99", "Outra"),
                        ],
                        max_length=2,
                        verbose_name="bandeira",
                    ),
                ),
                ("institution", models.CharField(blank=True, max_length=14, verbose_name="CNPJ da instituição")),
                ("is_deferred", models.BooleanField(default=False, verbose_name="a prazo")),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="connections.connection"
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
                "ordering": ("label", "kind"),
                "constraints": [models.UniqueConstraint(fields=("connection", "key"), name="payment_method_once")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "mappings_paymentmethodevent" ("brand", "connection_id", "external_id", "filled_at", "filled_by", "first_seen_at", "group_id", "id", "institution", "is_deferred", "key", "kind", "label", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recognised", "tender") VALUES (NEW."brand", NEW."connection_id", NEW."external_id", NEW."filled_at", NEW."filled_by", NEW."first_seen_at", NEW."group_id", NEW."id", NEW."institution", NEW."is_deferred", NEW."key", NEW."kind", NEW."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."recognised", NEW."tender"); RETURN NULL;',
                            hash="415e40fea4ffea5c3690f1a9dd98f919524151de",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_ca0c7",
                            table="mappings_paymentmethod",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "mappings_paymentmethodevent" ("brand", "connection_id", "external_id", "filled_at", "filled_by", "first_seen_at", "group_id", "id", "institution", "is_deferred", "key", "kind", "label", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recognised", "tender") VALUES (NEW."brand", NEW."connection_id", NEW."external_id", NEW."filled_at", NEW."filled_by", NEW."first_seen_at", NEW."group_id", NEW."id", NEW."institution", NEW."is_deferred", NEW."key", NEW."kind", NEW."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."recognised", NEW."tender"); RETURN NULL;',
                            hash="599766e7c1f7744d743f67a706a58a1faac74355",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f6947",
                            table="mappings_paymentmethod",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "mappings_paymentmethodevent" ("brand", "connection_id", "external_id", "filled_at", "filled_by", "first_seen_at", "group_id", "id", "institution", "is_deferred", "key", "kind", "label", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recognised", "tender") VALUES (OLD."brand", OLD."connection_id", OLD."external_id", OLD."filled_at", OLD."filled_by", OLD."first_seen_at", OLD."group_id", OLD."id", OLD."institution", OLD."is_deferred", OLD."key", OLD."kind", OLD."label", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."recognised", OLD."tender"); RETURN NULL;',
                            hash="96c5f8e7fd39131910a87c20a2b1b8ac013463b4",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_383d8",
                            table="mappings_paymentmethod",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentMethodEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("label", models.CharField(blank=True, max_length=120)),
                ("key", models.CharField(max_length=250)),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("recognised", models.BooleanField(default=False)),
                ("filled_by", models.CharField(blank=True, max_length=120)),
                ("filled_at", models.DateTimeField(null=True)),
                ("kind", models.CharField(blank=True, max_length=40, verbose_name="tipo na loja")),
                ("external_id", models.CharField(blank=True, max_length=40)),
                (
                    "tender",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("01", "01 – Dinheiro"),
                            ("02", "02 – Cheque"),
                            ("03", "03 – Cartão de crédito"),
                            ("04", "04 – Cartão de débito"),
                            ("05", "05 – Crédito da loja"),
                            ("12", "12 – Vale-presente"),
                            ("15", "15 – Boleto bancário"),
                            ("16", "16 – Depósito bancário"),
                            ("17", "17 – Pix"),
                            ("18", "18 – Transferência ou carteira digital"),
                            ("19", "19 – Fidelidade ou cashback"),
                            ("20", "20 – Pix estático"),
                            ("99", "99 – Outros"),
                        ],
                        max_length=2,
                        verbose_name="forma na nota",
                    ),
                ),
                (
                    "brand",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("01", "Visa"),
                            ("02", "Mastercard"),
                            ("03", "American Express"),
                            ("04", "Sorocred"),
                            ("05", "Diners Club"),
                            ("06", "Elo"),
                            ("07", "Hipercard"),
                            ("08", "Aura"),
                            ("09", "Cabal"),
                            ("99", "Outra"),
                        ],
                        max_length=2,
                        verbose_name="bandeira",
                    ),
                ),
                ("institution", models.CharField(blank=True, max_length=14, verbose_name="CNPJ da instituição")),
                ("is_deferred", models.BooleanField(default=False, verbose_name="a prazo")),
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
                        to="mappings.paymentmethod",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChannelIssuerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
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
                        to="mappings.channelissuer",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="mappings.saleschannel",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BearerRuleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("label", models.CharField(blank=True, max_length=120)),
                ("key", models.CharField(max_length=250)),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("recognised", models.BooleanField(default=False)),
                ("filled_by", models.CharField(blank=True, max_length=120)),
                ("filled_at", models.DateTimeField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("freight", "freight"),
                            ("discount", "discount"),
                            ("coupon", "coupon"),
                            ("payment_rate", "payment_rate"),
                            ("tax", "tax"),
                            ("interest", "interest"),
                            ("other", "other"),
                        ],
                        max_length=14,
                    ),
                ),
                ("is_discount", models.BooleanField()),
                ("only", models.CharField(blank=True, max_length=100, verbose_name="só para")),
                (
                    "borne_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("merchant", "merchant"),
                            ("marketplace", "marketplace"),
                            ("gateway", "gateway"),
                            ("buyer", "buyer"),
                        ],
                        max_length=12,
                        verbose_name="por conta de",
                    ),
                ),
                ("enters_invoice", models.BooleanField(default=True, verbose_name="entra na nota")),
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
                        to="mappings.bearerrule",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="mappings.saleschannel",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SalesChannelEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("label", models.CharField(blank=True, max_length=120)),
                ("key", models.CharField(max_length=250)),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("recognised", models.BooleanField(default=False)),
                ("filled_by", models.CharField(blank=True, max_length=120)),
                ("filled_at", models.DateTimeField(null=True)),
                (
                    "nature",
                    models.CharField(
                        blank=True,
                        choices=[("own", "Loja própria"), ("marketplace", "Marketplace")],
                        max_length=12,
                        verbose_name="tipo",
                    ),
                ),
                ("shown_as", models.CharField(blank=True, max_length=60, verbose_name="nome no Cais")),
                (
                    "intermediary_cnpj",
                    models.CharField(blank=True, max_length=14, verbose_name="CNPJ do intermediador"),
                ),
                ("seller_id", models.CharField(blank=True, max_length=60, verbose_name="loja no intermediador")),
                ("may_split", models.BooleanField(default=True, verbose_name="pode dividir o pedido")),
                (
                    "note_by",
                    models.CharField(
                        choices=[("merchant", "A loja"), ("marketplace", "O marketplace")],
                        default="merchant",
                        max_length=12,
                        verbose_name="quem emite a nota",
                    ),
                ),
                ("fulfilled_by_marketplace", models.BooleanField(default=False, verbose_name="estoque no marketplace")),
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
                        to="mappings.saleschannel",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        CreateTriggers(),
    ]
