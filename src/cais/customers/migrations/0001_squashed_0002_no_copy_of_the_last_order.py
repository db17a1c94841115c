"""What a fresh database gets in one step in place of 2; a database of before takes those."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.db import migrations, models

from cais.companies.tracked import CreateTriggers


class Migration(migrations.Migration):
    replaces = [("customers", "0001_initial"), ("customers", "0002_no_copy_of_the_last_order")]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0005_saved_views"),
    ]

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("document", models.CharField(blank=True, max_length=14, verbose_name="CPF ou CNPJ")),
                ("is_company", models.BooleanField(default=False, verbose_name="pessoa jurídica")),
                ("name", models.CharField(max_length=300, verbose_name="nome")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="telefone")),
                ("state_registration", models.CharField(blank=True, max_length=20, verbose_name="inscrição estadual")),
                ("street", models.CharField(blank=True, max_length=200, verbose_name="rua")),
                ("number", models.CharField(blank=True, max_length=20, verbose_name="número")),
                ("complement", models.CharField(blank=True, max_length=100, verbose_name="complemento")),
                ("district", models.CharField(blank=True, max_length=100, verbose_name="bairro")),
                ("city", models.CharField(blank=True, max_length=200, verbose_name="cidade")),
                ("state", models.CharField(blank=True, max_length=2, verbose_name="UF")),
                ("postal_code", models.CharField(blank=True, max_length=8, verbose_name="CEP")),
                (
                    "corrected",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
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
                "ordering": ("name", "id"),
                "indexes": [
                    models.Index(
                        models.F("group"),
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("document", "")),
                        name="customer_by_email",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("document", ""), _negated=True),
                        fields=("group", "document"),
                        name="customer_once_per_document",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "customers_customerevent" ("city", "complement", "corrected", "created_at", "district", "document", "email", "group_id", "id", "is_company", "name", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "state", "state_registration", "street") VALUES (NEW."city", NEW."complement", NEW."corrected", NEW."created_at", NEW."district", NEW."document", NEW."email", NEW."group_id", NEW."id", NEW."is_company", NEW."name", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."postal_code", NEW."state", NEW."state_registration", NEW."street"); RETURN NULL;',
                            hash="9be030925e04596dd7b0bfacb696caec3b98b51f",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_a36e0",
                            table="customers_customer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "customers_customerevent" ("city", "complement", "corrected", "created_at", "district", "document", "email", "group_id", "id", "is_company", "name", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "state", "state_registration", "street") VALUES (OLD."city", OLD."complement", OLD."corrected", OLD."created_at", OLD."district", OLD."document", OLD."email", OLD."group_id", OLD."id", OLD."is_company", OLD."name", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."postal_code", OLD."state", OLD."state_registration", OLD."street"); RETURN NULL;',
                            hash="2c1bdc2945c6c00f233a470e4108a1dcaf60d0f5",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_939ca",
                            table="customers_customer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "customers_customerevent" ("city", "complement", "corrected", "created_at", "district", "document", "email", "group_id", "id", "is_company", "name", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "state", "state_registration", "street") VALUES (NEW."city", NEW."complement", NEW."corrected", NEW."created_at", NEW."district", NEW."document", NEW."email", NEW."group_id", NEW."id", NEW."is_company", NEW."name", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."postal_code", NEW."state", NEW."state_registration", NEW."street"); RETURN NULL;',
                            hash="44f434b3009f392d9f165ddc59d559dc4a80e7a1",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_ca86d",
                            table="customers_customer",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("document", models.CharField(blank=True, max_length=14, verbose_name="CPF ou CNPJ")),
                ("is_company", models.BooleanField(default=False, verbose_name="pessoa jurídica")),
                ("name", models.CharField(max_length=300, verbose_name="nome")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="telefone")),
                ("state_registration", models.CharField(blank=True, max_length=20, verbose_name="inscrição estadual")),
                ("street", models.CharField(blank=True, max_length=200, verbose_name="rua")),
                ("number", models.CharField(blank=True, max_length=20, verbose_name="número")),
                ("complement", models.CharField(blank=True, max_length=100, verbose_name="complemento")),
                ("district", models.CharField(blank=True, max_length=100, verbose_name="bairro")),
                ("city", models.CharField(blank=True, max_length=200, verbose_name="cidade")),
                ("state", models.CharField(blank=True, max_length=2, verbose_name="UF")),
                ("postal_code", models.CharField(blank=True, max_length=8, verbose_name="CEP")),
                (
                    "corrected",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
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
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        CreateTriggers(),
    ]
