"""What a fresh database gets in one step in place of 3; a database of before takes those."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.db import migrations, models

from cais.companies.tracked import CreateTriggers


class Migration(migrations.Migration):
    replaces = [
        ("catalog", "0001_initial"),
        ("catalog", "0002_products_made_from_orders"),
        ("catalog", "0003_what_stores_list"),
    ]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0005_saved_views"),
        ("connections", "0001_squashed_0005_who_serves"),
    ]

    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=60, verbose_name="SKU")),
                ("name", models.CharField(max_length=200, verbose_name="nome")),
                ("gtin", models.CharField(blank=True, max_length=14, verbose_name="GTIN")),
                (
                    "ncm",
                    models.CharField(
                        blank=True,
                        max_length=8,
                        validators=[django.core.validators.RegexValidator("^\\d{8}$", "NCM tem 8 dígitos.")],
                        verbose_name="NCM",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("0", "0 – Nacional"),
                            ("1", "1 – Estrangeira, importação direta"),
                            ("2", "2 – Estrangeira, comprada no mercado interno"),
                            ("3", "3 – Nacional, importação acima de 40% e até 70%"),
                            ("4", "4 – Nacional, processo produtivo básico"),
                            ("5", "5 – Nacional, importação até 40%"),
                            ("6", "6 – Importação direta, sem similar nacional"),
                            ("7", "7 – Mercado interno, sem similar nacional"),
                            ("8", "8 – Nacional, importação acima de 70%"),
                        ],
                        default="0",
                        max_length=1,
                        verbose_name="origem",
                    ),
                ),
                ("unit", models.CharField(default="UN", max_length=6, verbose_name="unidade")),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="preço",
                    ),
                ),
                ("weight_g", models.PositiveIntegerField(default=0, verbose_name="peso (g)")),
                (
                    "length_cm",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=8, verbose_name="comprimento (cm)"
                    ),
                ),
                (
                    "width_cm",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=8, verbose_name="largura (cm)"
                    ),
                ),
                (
                    "height_cm",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=8, verbose_name="altura (cm)"
                    ),
                ),
                ("tracks_stock", models.BooleanField(default=True, verbose_name="controla estoque")),
                ("active", models.BooleanField(default=True, verbose_name="ativo")),
                ("is_kit", models.BooleanField(default=False, verbose_name="é kit")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "group",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.group",
                    ),
                ),
                ("made_from_order", models.BooleanField(default=False, verbose_name="criado por um pedido")),
            ],
            options={
                "ordering": ("sku",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("gtin", ""), _negated=True),
                        fields=["group", "gtin"],
                        name="product_by_gtin",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("group", "sku"), name="sku_once_per_group"),
                    models.CheckConstraint(condition=models.Q(("sku", ""), _negated=True), name="sku_not_empty"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                ],
            },
        ),
        migrations.CreateModel(
            name="KitComponent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=15, verbose_name="quantidade")),
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
                    "kit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="components", to="catalog.product"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="in_kits",
                        to="catalog.product",
                        verbose_name="componente",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("kit", "product"), name="component_once_per_kit"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="component_quantity_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("kit", models.F("product")), _negated=True), name="kit_not_in_itself"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalog_kitcomponentevent" ("group_id", "id", "kit_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "quantity") VALUES (NEW."group_id", NEW."id", NEW."kit_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."product_id", NEW."quantity"); RETURN NULL;',
                            hash="ebdf333b8a740c478933fa33e2e9804dd156ce5f",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_3cd13",
                            table="catalog_kitcomponent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "catalog_kitcomponentevent" ("group_id", "id", "kit_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "quantity") VALUES (NEW."group_id", NEW."id", NEW."kit_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."product_id", NEW."quantity"); RETURN NULL;',
                            hash="8bff040db007f761265e6c647cebee9f6aba4f46",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b6781",
                            table="catalog_kitcomponent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalog_kitcomponentevent" ("group_id", "id", "kit_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "quantity") VALUES (OLD."group_id", OLD."id", OLD."kit_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."product_id", OLD."quantity"); RETURN NULL;',
                            hash="b87305af7a66f4e12cfe6628348a3dd0995510ac",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_cb99c",
                            table="catalog_kitcomponent",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=60)),
                ("variant_id", models.CharField(blank=True, max_length=60)),
                ("reference", models.CharField(blank=True, max_length=120)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listings",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="listings", to="catalog.product"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "external_id", "variant_id"), name="listing_once_per_store_product"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalog_listingevent" ("connection_id", "external_id", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "reference", "variant_id") VALUES (NEW."connection_id", NEW."external_id", NEW."group_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."product_id", NEW."reference", NEW."variant_id"); RETURN NULL;',
                            hash="de5e47b0ff37c5575c6d941b3340de24565c3f19",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_bf7df",
                            table="catalog_listing",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "catalog_listingevent" ("connection_id", "external_id", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "reference", "variant_id") VALUES (NEW."connection_id", NEW."external_id", NEW."group_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."product_id", NEW."reference", NEW."variant_id"); RETURN NULL;',
                            hash="fd367ab234feba6957ea10d5c60a9ae6c85b9bdb",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_127ff",
                            table="catalog_listing",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalog_listingevent" ("connection_id", "external_id", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "reference", "variant_id") VALUES (OLD."connection_id", OLD."external_id", OLD."group_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."product_id", OLD."reference", OLD."variant_id"); RETURN NULL;',
                            hash="6894ef7952becb259ddbd096dadb254cf42ad3e8",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_77e93",
                            table="catalog_listing",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("external_id", models.CharField(max_length=60)),
                ("variant_id", models.CharField(blank=True, max_length=60)),
                ("reference", models.CharField(blank=True, max_length=120)),
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
                        to="catalog.listing",
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
            name="KitComponentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=15, verbose_name="quantidade")),
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
                        to="catalog.kitcomponent",
                    ),
                ),
                (
                    "kit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="catalog.product",
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
                        verbose_name="componente",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProductEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("sku", models.CharField(max_length=60, verbose_name="SKU")),
                ("name", models.CharField(max_length=200, verbose_name="nome")),
                ("gtin", models.CharField(blank=True, max_length=14, verbose_name="GTIN")),
                (
                    "ncm",
                    models.CharField(
                        blank=True,
                        max_length=8,
                        validators=[django.core.validators.RegexValidator("^\\d{8}$", "NCM tem 8 dígitos.")],
                        verbose_name="NCM",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("0", "0 – Nacional"),
                            ("1", "1 – Estrangeira, importação direta"),
                            ("2", "2 – Estrangeira, comprada no mercado interno"),
                            ("3", "3 – Nacional, importação acima de 40% e até 70%"),
                            ("4", "4 – Nacional, processo produtivo básico"),
                            ("5", "5 – Nacional, importação até 40%"),
                            ("6", "6 – Importação direta, sem similar nacional"),
                            ("7", "7 – Mercado interno, sem similar nacional"),
                            ("8", "8 – Nacional, importação acima de 70%"),
                        ],
                        default="0",
                        max_length=1,
                        verbose_name="origem",
                    ),
                ),
                ("unit", models.CharField(default="UN", max_length=6, verbose_name="unidade")),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="preço",
                    ),
                ),
                ("weight_g", models.PositiveIntegerField(default=0, verbose_name="peso (g)")),
                (
                    "length_cm",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=8, verbose_name="comprimento (cm)"
                    ),
                ),
                (
                    "width_cm",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=8, verbose_name="largura (cm)"
                    ),
                ),
                (
                    "height_cm",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=8, verbose_name="altura (cm)"
                    ),
                ),
                ("tracks_stock", models.BooleanField(default=True, verbose_name="controla estoque")),
                ("active", models.BooleanField(default=True, verbose_name="ativo")),
                ("is_kit", models.BooleanField(default=False, verbose_name="é kit")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                        to="catalog.product",
                    ),
                ),
                ("made_from_order", models.BooleanField(default=False, verbose_name="criado por um pedido")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(max_length=20)),
                ("mode", models.CharField(blank=True, max_length=20)),
                ("name", models.CharField(max_length=200)),
                ("content", models.BinaryField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
            name="StoreProduct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=60)),
                ("variant_id", models.CharField(blank=True, max_length=60)),
                ("reference", models.CharField(blank=True, max_length=120)),
                ("gtin", models.CharField(blank=True, max_length=14)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("has_variants", models.BooleanField(default=False)),
                (
                    "conflict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("twins", "outro item da loja tem o mesmo código"),
                            ("taken", "o produto já tem vínculo com outro item da loja"),
                            ("changed", "o código mudou na loja"),
                            ("gone", "sumiu da loja"),
                        ],
                        max_length=7,
                    ),
                ),
                ("left_alone", models.BooleanField(default=False)),
                ("seen_at", models.DateTimeField()),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="store_products",
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
                "indexes": [models.Index(fields=["connection", "reference"], name="store_product_by_reference")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "external_id", "variant_id"), name="store_product_once_per_connection"
                    )
                ],
            },
        ),
        CreateTriggers(),
    ]
