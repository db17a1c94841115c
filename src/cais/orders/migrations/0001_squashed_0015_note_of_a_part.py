"""What a fresh database gets in one step in place of 15; a database of before takes those."""

from decimal import Decimal

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.db import migrations, models

import cais.companies.folding
import cais.core.effects
from cais.companies.tracked import CreateTriggers, statements_of


class Migration(migrations.Migration):
    replaces = [
        ("orders", "0001_initial"),
        ("orders", "0002_phase_count"),
        ("orders", "0003_state_of_the_note"),
        ("orders", "0004_import_by_choice"),
        ("orders", "0005_cancellations_in_question"),
        ("orders", "0006_search"),
        ("orders", "0007_facts_of_the_sale"),
        ("orders", "0008_shipping"),
        ("orders", "0009_list_of_a_store"),
        ("orders", "0010_divided_orders"),
        ("orders", "0011_values_of_the_store"),
        ("orders", "0012_orders_find_their_values"),
        ("orders", "0013_day_sales"),
        ("orders", "0014_movement_counts"),
        ("orders", "0015_note_of_a_part"),
    ]

    initial = True

    dependencies = [
        ("catalog", "0001_squashed_0003_what_stores_list"),
        ("companies", "0001_squashed_0005_saved_views"),
        ("connections", "0001_squashed_0005_who_serves"),
        ("customers", "0001_squashed_0002_no_copy_of_the_last_order"),
        ("mappings", "0001_squashed_0002_no_catalogue"),
        ("statuses", "0001_squashed_0003_shipping"),
    ]

    operations = [
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
                "triggers": [
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                ],
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=60)),
                ("number", models.CharField(max_length=60)),
                ("version", models.CharField(max_length=40)),
                ("digest", models.CharField(max_length=32)),
                ("placed_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("status_label", models.CharField(max_length=120)),
                ("channel", models.CharField(blank=True, max_length=60)),
                ("marketplace", models.CharField(blank=True, max_length=60)),
                ("marketplace_order", models.CharField(blank=True, max_length=60)),
                ("marketplace_document", models.CharField(blank=True, max_length=14)),
                ("intermediary_document", models.CharField(blank=True, max_length=14)),
                ("shipping_method", models.CharField(blank=True, max_length=100)),
                ("buyer_note", models.TextField(blank=True)),
                ("is_paid", models.BooleanField(default=False)),
                ("lines_total", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("total", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("difference", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("accepted_difference", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                (
                    "accepted_as",
                    models.CharField(
                        blank=True, choices=[("discount", "desconto"), ("expense", "despesa")], max_length=10
                    ),
                ),
                ("meaning", models.CharField(blank=True, max_length=20)),
                ("is_history", models.BooleanField(default=False)),
                ("hold", models.CharField(blank=True, max_length=40)),
                ("movement_state", models.CharField(default="none", max_length=12)),
                ("erp_state", models.CharField(blank=True, max_length=10)),
                ("erp_digest", models.CharField(blank=True, max_length=32)),
                ("erp_number", models.CharField(blank=True, max_length=40)),
                ("due_at", models.DateTimeField(null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="connections.connection",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="customers.customer",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="statuses.statusentry"
                    ),
                ),
                (
                    "written_status",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="statuses.statusentry",
                    ),
                ),
                ("nfe_state", models.CharField(blank=True, max_length=12)),
                (
                    "choice",
                    models.CharField(
                        blank=True,
                        choices=[("", "nenhuma"), ("awaiting", "espera escolha"), ("left_out", "deixado de fora")],
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "imported_in",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="orders.orderimport",
                    ),
                ),
                (
                    "cancel_state",
                    models.CharField(
                        blank=True,
                        choices=[("asked", "em conferência"), ("by_hand", "dado por uma pessoa")],
                        max_length=8,
                    ),
                ),
                ("gone_at", models.DateTimeField(null=True)),
                ("reread_since", models.DateTimeField(null=True)),
                ("erp_facts", models.JSONField(default=dict)),
                ("carrier", models.CharField(blank=True, max_length=80)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("shipped_at", models.DateTimeField(null=True)),
                ("tracking_code", models.CharField(blank=True, max_length=80)),
                ("tracking_url", models.CharField(blank=True, max_length=500)),
                (
                    "phase",
                    models.GeneratedField(
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
                                models.Q(("meaning", cais.core.effects.Meaning["CANCELLED"])),
                                then=models.Value("cancelled"),
                            ),
                            models.When(
                                models.Q(("nfe_state__in", ["queued", "signed"])), then=models.Value("invoicing")
                            ),
                            models.When(models.Q(("nfe_state", "blocked")), then=models.Value("nfe_blocked")),
                            models.When(models.Q(("nfe_state", "rejected")), then=models.Value("nfe_rejected")),
                            models.When(models.Q(("nfe_state", "denied")), then=models.Value("nfe_denied")),
                            models.When(models.Q(("nfe_state", "authorised")), then=models.Value("invoiced")),
                            models.When(
                                models.Q(("delivered_at__isnull", False), ("erp_state", "done")),
                                then=models.Value("delivered"),
                            ),
                            models.When(
                                models.Q(("erp_state", "done"), ("shipped_at__isnull", False)),
                                then=models.Value("shipped"),
                            ),
                            models.When(models.Q(("nfe_state", "told")), then=models.Value("invoice_told")),
                            models.When(models.Q(("nfe_state", "issued")), then=models.Value("note_issued")),
                            models.When(models.Q(("erp_state", "done")), then=models.Value("integrated")),
                            models.When(models.Q(("erp_state", "unknown")), then=models.Value("erp_unknown")),
                            models.When(models.Q(("erp_state", "refused")), then=models.Value("erp_refused")),
                            models.When(models.Q(("erp_state", "creating")), then=models.Value("creating_erp_order")),
                            models.When(
                                models.Q(
                                    ("meaning", cais.core.effects.Meaning["IGNORE"]),
                                    ("choice", "left_out"),
                                    _connector="OR",
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
                ("is_divided", models.BooleanField(default=False)),
                ("is_part", models.BooleanField(default=False)),
                ("pack", models.CharField(blank=True, max_length=60)),
                ("parent_ref", models.CharField(blank=True, max_length=60)),
                ("part_refs", models.JSONField(default=list)),
                ("sold_units", models.JSONField(default=dict)),
                (
                    "split_state",
                    models.CharField(
                        blank=True,
                        choices=[("waiting", "conferindo as partes"), ("settled", "conferido")],
                        max_length=8,
                    ),
                ),
                (
                    "freight_method",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="mappings.freightmethod",
                    ),
                ),
                (
                    "sales_channel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="mappings.saleschannel",
                    ),
                ),
                ("has_note", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ("-placed_at", "-id"),
                "indexes": [
                    models.Index(fields=["group", "-placed_at", "-id"], name="order_list"),
                    models.Index(fields=["group", "number"], name="order_by_number"),
                    models.Index(fields=["status"], name="order_by_status"),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["connection", "due_at"], name="order_due"
                    ),
                    models.Index(
                        condition=models.Q(("choice", "awaiting")),
                        fields=["connection", "placed_at"],
                        name="order_awaiting_choice",
                    ),
                    models.Index(
                        condition=models.Q(("reread_since__isnull", False)),
                        fields=["connection"],
                        name="order_to_reread",
                    ),
                    models.Index(
                        condition=models.Q(("marketplace_order", ""), _negated=True),
                        fields=["group", "marketplace_order"],
                        name="order_by_market_number",
                    ),
                    models.Index(
                        condition=models.Q(("erp_number", ""), _negated=True),
                        fields=["group", "erp_number"],
                        name="order_by_erp_number",
                    ),
                    models.Index(fields=["group", "phase", "-placed_at", "-id"], name="order_list_by_phase"),
                    models.Index(fields=["connection", "-placed_at", "-id"], name="order_list_of_store"),
                    models.Index(
                        condition=models.Q(("parent_ref", ""), _negated=True),
                        fields=["connection", "parent_ref"],
                        name="order_by_parent",
                    ),
                    models.Index(
                        condition=models.Q(("pack", ""), _negated=True),
                        fields=["connection", "pack"],
                        name="order_by_pack",
                    ),
                    models.Index(
                        condition=models.Q(("movement_state", "none"), _negated=True),
                        fields=["group", "movement_state", "-placed_at", "-id"],
                        name="order_list_by_movement",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "external_id"), name="order_once_per_store")
                ],
            },
        ),
        migrations.CreateModel(
            name="Buyer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=300)),
                ("document", models.CharField(blank=True, max_length=20)),
                ("is_company", models.BooleanField(default=False)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=30)),
                ("state_registration", models.CharField(blank=True, max_length=20)),
                ("city", models.CharField(blank=True, max_length=200)),
                ("state", models.CharField(blank=True, max_length=2)),
                ("delivery", models.JSONField(default=dict)),
                ("billing", models.JSONField(default=dict)),
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
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="buyer", to="orders.order"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["document"], name="buyer_by_document"),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(
                            cais.companies.folding.Folded("name"), name="gin_trgm_ops"
                        ),
                        name="buyer_by_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderAdjustment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("label", models.CharField(blank=True, max_length=100)),
                ("amount", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                (
                    "borne_by",
                    models.CharField(
                        choices=[
                            ("merchant", "merchant"),
                            ("marketplace", "marketplace"),
                            ("gateway", "gateway"),
                            ("buyer", "buyer"),
                        ],
                        max_length=12,
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="adjustments", to="orders.order"
                    ),
                ),
                ("enters_invoice", models.BooleanField(default=True)),
                (
                    "rule",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustments",
                        to="mappings.bearerrule",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("external_id", models.CharField(max_length=60)),
                ("product_external_id", models.CharField(blank=True, max_length=60)),
                ("variant_external_id", models.CharField(blank=True, max_length=60)),
                ("reference", models.CharField(blank=True, max_length=120)),
                ("gtin", models.CharField(blank=True, max_length=120)),
                ("name", models.CharField(max_length=300)),
                ("variant_text", models.CharField(blank=True, max_length=200)),
                ("kit_group", models.CharField(blank=True, max_length=60)),
                ("is_gift", models.BooleanField(default=False)),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=15)),
                ("unit_price", models.DecimalField(decimal_places=4, max_digits=16)),
                ("list_price", models.DecimalField(decimal_places=4, default=Decimal("0"), max_digits=16)),
                ("total", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("note", models.TextField(blank=True)),
                ("removed", models.BooleanField(default=False)),
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="orders.order"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_lines",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
                "indexes": [
                    models.Index(
                        models.F("group"),
                        django.db.models.functions.text.Lower("reference"),
                        condition=models.Q(("reference", ""), _negated=True),
                        name="line_by_reference",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "external_id"), name="line_once_per_order"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="line_quantity_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderPayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("method", models.CharField(max_length=100)),
                ("method_id", models.CharField(blank=True, max_length=40)),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("paid_at", models.DateTimeField(null=True)),
                ("instalments", models.PositiveSmallIntegerField(default=1)),
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="payments", to="orders.order"
                    ),
                ),
                (
                    "payment_method",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="mappings.paymentmethod",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="PhaseCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phase", models.CharField(max_length=20)),
                ("orders", models.IntegerField()),
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
                ("movement_state", models.CharField(default="none", max_length=12)),
            ],
            options={
                "indexes": [models.Index(fields=["group", "phase"], name="phase_count")],
            },
        ),
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
                        to="orders.orderimport",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DaySales",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("origin", models.CharField(blank=True, max_length=60)),
                ("orders", models.IntegerField()),
                ("revenue", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
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
                "indexes": [models.Index(fields=["group", "day"], name="day_sales")],
            },
        ),
        CreateTriggers(),
        *statements_of("cais.orders.migrations.0002_phase_count"),
        *statements_of("cais.orders.migrations.0006_search"),
        *statements_of("cais.orders.migrations.0013_day_sales"),
        *statements_of("cais.orders.migrations.0014_movement_counts"),
    ]
