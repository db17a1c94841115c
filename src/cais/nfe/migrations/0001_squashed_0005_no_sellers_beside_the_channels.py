"""What a fresh database gets in one step in place of 5; a database of before takes those."""

from decimal import Decimal

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.db import migrations, models

import cais.nfe.models
from cais.companies.tracked import CreateTriggers, statements_of


class Migration(migrations.Migration):
    replaces = [
        ("nfe", "0001_initial"),
        ("nfe", "0002_link_of_a_note"),
        ("nfe", "0003_permission_of_a_rehearsal"),
        ("nfe", "0004_sellers_are_channels"),
        ("nfe", "0005_no_sellers_beside_the_channels"),
    ]

    initial = True

    dependencies = [
        ("companies", "0001_squashed_0005_saved_views"),
        ("connections", "0001_squashed_0005_who_serves"),
        ("mappings", "0001_squashed_0002_no_catalogue"),
        ("movements", "0001_squashed_0005_pools_of_companies"),
        ("orders", "0001_squashed_0015_note_of_a_part"),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("actor_name", models.CharField(blank=True, max_length=120)),
                ("send_to_store", models.BooleanField(default=True)),
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
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ciphertext", models.BinaryField()),
                ("password", models.BinaryField()),
                ("cnpj", models.CharField(max_length=14)),
                ("holder", models.CharField(max_length=200)),
                ("valid_from", models.DateTimeField()),
                ("not_after", models.DateTimeField()),
                ("uploaded_by", models.CharField(blank=True, max_length=120)),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="certificates", to="companies.company"
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
                "ordering": ("-uploaded_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="FiscalSetup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "regime",
                    models.CharField(
                        choices=[
                            ("1", "1 – Simples Nacional"),
                            ("2", "2 – Simples Nacional, excesso de sublimite"),
                            ("3", "3 – Regime normal"),
                            ("4", "4 – MEI"),
                        ],
                        default="1",
                        max_length=1,
                        verbose_name="regime (CRT)",
                    ),
                ),
                ("state_registration", models.CharField(blank=True, max_length=14, verbose_name="inscrição estadual")),
                ("street", models.CharField(blank=True, max_length=60, verbose_name="rua")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="número")),
                ("complement", models.CharField(blank=True, max_length=60, verbose_name="complemento")),
                ("district", models.CharField(blank=True, max_length=60, verbose_name="bairro")),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="cidade")),
                ("postal_code", models.CharField(blank=True, max_length=8, verbose_name="CEP")),
                ("phone", models.CharField(blank=True, max_length=14, verbose_name="telefone")),
                (
                    "environment",
                    models.CharField(
                        choices=[("2", "Homologação (sem valor fiscal)"), ("1", "Produção")],
                        default="2",
                        max_length=1,
                        verbose_name="ambiente",
                    ),
                ),
                (
                    "series",
                    models.PositiveSmallIntegerField(
                        default=1, validators=[django.core.validators.MaxValueValidator(889)], verbose_name="série"
                    ),
                ),
                (
                    "operation",
                    models.CharField(default="Venda de mercadoria", max_length=60, verbose_name="natureza da operação"),
                ),
                (
                    "tax_class",
                    models.CharField(default="revenda", max_length=30, verbose_name="classe fiscal dos produtos"),
                ),
                (
                    "contact_cnpj",
                    models.CharField(blank=True, max_length=14, verbose_name="CNPJ do responsável técnico"),
                ),
                (
                    "contact_name",
                    models.CharField(blank=True, max_length=60, verbose_name="nome do responsável técnico"),
                ),
                (
                    "contact_email",
                    models.CharField(blank=True, max_length=60, verbose_name="e-mail do responsável técnico"),
                ),
                (
                    "contact_phone",
                    models.CharField(blank=True, max_length=14, verbose_name="telefone do responsável técnico"),
                ),
                (
                    "accountant",
                    models.CharField(blank=True, max_length=14, verbose_name="CPF ou CNPJ da contabilidade"),
                ),
                ("sefaz_url", models.CharField(blank=True, max_length=200, verbose_name="endereço da SEFAZ")),
                ("automatic_since", models.DateTimeField(blank=True, null=True, verbose_name="emite sozinho desde")),
                (
                    "company",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fiscal_setup", to="companies.company"
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
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "nfe_fiscalsetupevent" ("accountant", "automatic_since", "city", "company_id", "complement", "contact_cnpj", "contact_email", "contact_name", "contact_phone", "district", "environment", "group_id", "id", "number", "operation", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "regime", "sefaz_url", "series", "state_registration", "street", "tax_class") VALUES (NEW."accountant", NEW."automatic_since", NEW."city", NEW."company_id", NEW."complement", NEW."contact_cnpj", NEW."contact_email", NEW."contact_name", NEW."contact_phone", NEW."district", NEW."environment", NEW."group_id", NEW."id", NEW."number", NEW."operation", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."postal_code", NEW."regime", NEW."sefaz_url", NEW."series", NEW."state_registration", NEW."street", NEW."tax_class"); RETURN NULL;',
                            hash="1770e9b5e0e991e2e06082cb49d2a904ba2a1e32",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_beeca",
                            table="nfe_fiscalsetup",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "nfe_fiscalsetupevent" ("accountant", "automatic_since", "city", "company_id", "complement", "contact_cnpj", "contact_email", "contact_name", "contact_phone", "district", "environment", "group_id", "id", "number", "operation", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "regime", "sefaz_url", "series", "state_registration", "street", "tax_class") VALUES (NEW."accountant", NEW."automatic_since", NEW."city", NEW."company_id", NEW."complement", NEW."contact_cnpj", NEW."contact_email", NEW."contact_name", NEW."contact_phone", NEW."district", NEW."environment", NEW."group_id", NEW."id", NEW."number", NEW."operation", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."postal_code", NEW."regime", NEW."sefaz_url", NEW."series", NEW."state_registration", NEW."street", NEW."tax_class"); RETURN NULL;',
                            hash="61d9baddf8f6c70d6799263f7b7c29e1d89e3228",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_24ce5",
                            table="nfe_fiscalsetup",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "nfe_fiscalsetupevent" ("accountant", "automatic_since", "city", "company_id", "complement", "contact_cnpj", "contact_email", "contact_name", "contact_phone", "district", "environment", "group_id", "id", "number", "operation", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "regime", "sefaz_url", "series", "state_registration", "street", "tax_class") VALUES (OLD."accountant", OLD."automatic_since", OLD."city", OLD."company_id", OLD."complement", OLD."contact_cnpj", OLD."contact_email", OLD."contact_name", OLD."contact_phone", OLD."district", OLD."environment", OLD."group_id", OLD."id", OLD."number", OLD."operation", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."postal_code", OLD."regime", OLD."sefaz_url", OLD."series", OLD."state_registration", OLD."street", OLD."tax_class"); RETURN NULL;',
                            hash="8d5dabd072cdcd6f87a58eeb3b22ecad4a3dec95",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_a6d2b",
                            table="nfe_fiscalsetup",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FiscalSetupEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "regime",
                    models.CharField(
                        choices=[
                            ("1", "1 – Simples Nacional"),
                            ("2", "2 – Simples Nacional, excesso de sublimite"),
                            ("3", "3 – Regime normal"),
                            ("4", "4 – MEI"),
                        ],
                        default="1",
                        max_length=1,
                        verbose_name="regime (CRT)",
                    ),
                ),
                ("state_registration", models.CharField(blank=True, max_length=14, verbose_name="inscrição estadual")),
                ("street", models.CharField(blank=True, max_length=60, verbose_name="rua")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="número")),
                ("complement", models.CharField(blank=True, max_length=60, verbose_name="complemento")),
                ("district", models.CharField(blank=True, max_length=60, verbose_name="bairro")),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="cidade")),
                ("postal_code", models.CharField(blank=True, max_length=8, verbose_name="CEP")),
                ("phone", models.CharField(blank=True, max_length=14, verbose_name="telefone")),
                (
                    "environment",
                    models.CharField(
                        choices=[("2", "Homologação (sem valor fiscal)"), ("1", "Produção")],
                        default="2",
                        max_length=1,
                        verbose_name="ambiente",
                    ),
                ),
                (
                    "series",
                    models.PositiveSmallIntegerField(
                        default=1, validators=[django.core.validators.MaxValueValidator(889)], verbose_name="série"
                    ),
                ),
                (
                    "operation",
                    models.CharField(default="Venda de mercadoria", max_length=60, verbose_name="natureza da operação"),
                ),
                (
                    "tax_class",
                    models.CharField(default="revenda", max_length=30, verbose_name="classe fiscal dos produtos"),
                ),
                (
                    "contact_cnpj",
                    models.CharField(blank=True, max_length=14, verbose_name="CNPJ do responsável técnico"),
                ),
                (
                    "contact_name",
                    models.CharField(blank=True, max_length=60, verbose_name="nome do responsável técnico"),
                ),
                (
                    "contact_email",
                    models.CharField(blank=True, max_length=60, verbose_name="e-mail do responsável técnico"),
                ),
                (
                    "contact_phone",
                    models.CharField(blank=True, max_length=14, verbose_name="telefone do responsável técnico"),
                ),
                (
                    "accountant",
                    models.CharField(blank=True, max_length=14, verbose_name="CPF ou CNPJ da contabilidade"),
                ),
                ("sefaz_url", models.CharField(blank=True, max_length=200, verbose_name="endereço da SEFAZ")),
                ("automatic_since", models.DateTimeField(blank=True, null=True, verbose_name="emite sozinho desde")),
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
                        to="nfe.fiscalsetup",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Nfe",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("lease", models.UUIDField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("in_flight", models.BooleanField(default=False)),
                ("hold", models.CharField(blank=True, max_length=40)),
                ("held_digest", models.CharField(blank=True, max_length=32)),
                ("error", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Na fila"),
                            ("blocked", "Barrada na conferência"),
                            ("signed", "Enviando"),
                            ("unknown", "A conferir"),
                            ("authorised", "Autorizada"),
                            ("rejected", "Rejeitada"),
                            ("denied", "Denegada"),
                            ("number_taken", "Número já usado"),
                            ("cancelled", "Cancelada"),
                            ("dropped", "Desistida"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "environment",
                    models.CharField(
                        blank=True, choices=[("2", "Homologação (sem valor fiscal)"), ("1", "Produção")], max_length=1
                    ),
                ),
                ("series", models.PositiveSmallIntegerField(null=True)),
                ("number", models.PositiveIntegerField(null=True)),
                ("cnf", models.CharField(blank=True, max_length=8)),
                ("key", models.CharField(blank=True, max_length=44)),
                ("issued_at", models.DateTimeField(null=True)),
                ("total", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("signed_xml", models.BinaryField(default=b"")),
                ("digest", models.CharField(blank=True, max_length=28)),
                ("contents", models.CharField(blank=True, max_length=32)),
                ("schema_package", models.CharField(blank=True, max_length=40)),
                ("status", models.CharField(blank=True, max_length=4)),
                ("words", models.TextField(blank=True)),
                ("problems", models.JSONField(default=list)),
                ("same_rejections", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("consults", models.PositiveSmallIntegerField(default=0)),
                ("protocol", models.CharField(blank=True, max_length=17)),
                ("authorised_at", models.DateTimeField(null=True)),
                ("proc", models.BinaryField(default=b"")),
                ("link_token", models.CharField(default=cais.nfe.models.new_token, max_length=43, unique=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="nfe.batch"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="companies.company"
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="connections.connection"
                    ),
                ),
                (
                    "fulfilment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="movements.fulfilment"
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="orders.order"
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["connection", "due_at"], name="note_due"
                    ),
                    models.Index(fields=["group", "-id"], name="note_list"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("denied", "number_taken", "cancelled", "dropped")), _negated=True
                        ),
                        fields=("fulfilment",),
                        name="one_living_note_per_fulfilment",
                    ),
                    models.UniqueConstraint(
                        fields=("company", "environment", "series", "number"), name="note_number_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True), fields=("key",), name="note_key_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("queued", "blocked", "dropped")), ("number__isnull", False), _connector="OR"
                        ),
                        name="note_beyond_the_queue_has_a_number",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoicePublication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("lease", models.UUIDField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("in_flight", models.BooleanField(default=False)),
                ("hold", models.CharField(blank=True, max_length=40)),
                ("held_digest", models.CharField(blank=True, max_length=32)),
                ("error", models.TextField(blank=True)),
                ("desired_digest", models.CharField(blank=True, max_length=32)),
                ("published_digest", models.CharField(blank=True, max_length=32)),
                ("published_at", models.DateTimeField(null=True)),
                ("external_id", models.CharField(blank=True, max_length=60)),
                ("overwrite", models.BooleanField(default=False)),
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
                (
                    "nfe",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="publication", to="nfe.nfe"
                    ),
                ),
                ("allowed_digest", models.CharField(blank=True, max_length=32)),
                ("planned_digest", models.CharField(blank=True, max_length=32)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["connection", "due_at"],
                        name="invoice_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=44)),
                ("digest", models.CharField(max_length=28)),
                ("signed_xml", models.BinaryField()),
                ("replaced_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "nfe",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="former_copies", to="nfe.nfe"
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "environment",
                    models.CharField(
                        choices=[("2", "Homologação (sem valor fiscal)"), ("1", "Produção")], max_length=1
                    ),
                ),
                ("series", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
                (
                    "freed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="number_series",
                        to="companies.company",
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
                    models.UniqueConstraint(fields=("company", "environment", "series"), name="one_counter_per_series")
                ],
            },
        ),
        migrations.CreateModel(
            name="SefazState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("paused_until", models.DateTimeField(null=True)),
                ("status", models.CharField(blank=True, max_length=4)),
                ("words", models.TextField(blank=True)),
                ("stopped", models.CharField(blank=True, max_length=4)),
                ("checked_at", models.DateTimeField(null=True)),
                ("seconds_ahead", models.IntegerField(default=0)),
                (
                    "company",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sefaz_state", to="companies.company"
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
            name="TaxProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "regime",
                    models.CharField(
                        choices=[
                            ("1", "1 – Simples Nacional"),
                            ("2", "2 – Simples Nacional, excesso de sublimite"),
                            ("3", "3 – Regime normal"),
                            ("4", "4 – MEI"),
                        ],
                        default="1",
                        max_length=1,
                        verbose_name="regime (CRT)",
                    ),
                ),
                ("since", models.DateField(verbose_name="vale desde")),
                ("until", models.DateField(blank=True, null=True, verbose_name="vale até")),
                (
                    "legal_phrases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        default=list,
                        size=None,
                        verbose_name="frases legais",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tax_profiles", to="companies.company"
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
                "ordering": ("-since", "-id"),
                "constraints": [models.UniqueConstraint(fields=("company", "since"), name="one_profile_per_start")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "nfe_taxprofileevent" ("company_id", "group_id", "id", "legal_phrases", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "regime", "since", "until") VALUES (NEW."company_id", NEW."group_id", NEW."id", NEW."legal_phrases", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."regime", NEW."since", NEW."until"); RETURN NULL;',
                            hash="dd3ceeca877d57b59f9a726f1cfd3f4c3bfecd91",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_22a4a",
                            table="nfe_taxprofile",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "nfe_taxprofileevent" ("company_id", "group_id", "id", "legal_phrases", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "regime", "since", "until") VALUES (NEW."company_id", NEW."group_id", NEW."id", NEW."legal_phrases", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."regime", NEW."since", NEW."until"); RETURN NULL;',
                            hash="a1f179090bf698d9df63273a45f1338ff2b58512",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_ff43e",
                            table="nfe_taxprofile",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "nfe_taxprofileevent" ("company_id", "group_id", "id", "legal_phrases", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "regime", "since", "until") VALUES (OLD."company_id", OLD."group_id", OLD."id", OLD."legal_phrases", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."regime", OLD."since", OLD."until"); RETURN NULL;',
                            hash="bfe17db36548d11ed0e48693aaefb94301c18a62",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_a76b6",
                            table="nfe_taxprofile",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxProfileEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "regime",
                    models.CharField(
                        choices=[
                            ("1", "1 – Simples Nacional"),
                            ("2", "2 – Simples Nacional, excesso de sublimite"),
                            ("3", "3 – Regime normal"),
                            ("4", "4 – MEI"),
                        ],
                        default="1",
                        max_length=1,
                        verbose_name="regime (CRT)",
                    ),
                ),
                ("since", models.DateField(verbose_name="vale desde")),
                ("until", models.DateField(blank=True, null=True, verbose_name="vale até")),
                (
                    "legal_phrases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        default=list,
                        size=None,
                        verbose_name="frases legais",
                    ),
                ),
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
                        to="nfe.taxprofile",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TaxRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tax_class", models.CharField(default="revenda", max_length=30, verbose_name="classe fiscal")),
                ("cfop_same_state", models.CharField(max_length=4, verbose_name="CFOP no estado")),
                ("cfop_other_state", models.CharField(max_length=4, verbose_name="CFOP para outro estado")),
                (
                    "cfop_other_state_contributor",
                    models.CharField(max_length=4, verbose_name="CFOP para contribuinte de outro estado"),
                ),
                ("csosn", models.CharField(max_length=3, verbose_name="CSOSN")),
                (
                    "credit_rate",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=7, null=True, verbose_name="crédito de ICMS (%)"
                    ),
                ),
                ("pis_cst", models.CharField(max_length=2, verbose_name="CST do PIS")),
                (
                    "pis_rate",
                    models.DecimalField(
                        decimal_places=4, default=Decimal("0"), max_digits=7, verbose_name="alíquota do PIS (%)"
                    ),
                ),
                ("cofins_cst", models.CharField(max_length=2, verbose_name="CST da COFINS")),
                (
                    "cofins_rate",
                    models.DecimalField(
                        decimal_places=4, default=Decimal("0"), max_digits=7, verbose_name="alíquota da COFINS (%)"
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
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rules", to="nfe.taxprofile"
                    ),
                ),
            ],
            options={
                "ordering": ("tax_class",),
                "constraints": [models.UniqueConstraint(fields=("profile", "tax_class"), name="one_rule_per_class")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "nfe_taxruleevent" ("cfop_other_state", "cfop_other_state_contributor", "cfop_same_state", "cofins_cst", "cofins_rate", "credit_rate", "csosn", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pis_cst", "pis_rate", "profile_id", "tax_class") VALUES (NEW."cfop_other_state", NEW."cfop_other_state_contributor", NEW."cfop_same_state", NEW."cofins_cst", NEW."cofins_rate", NEW."credit_rate", NEW."csosn", NEW."group_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."pis_cst", NEW."pis_rate", NEW."profile_id", NEW."tax_class"); RETURN NULL;',
                            hash="49f9e467965bc974f316249a76e31795544981c5",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_8c9e2",
                            table="nfe_taxrule",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "nfe_taxruleevent" ("cfop_other_state", "cfop_other_state_contributor", "cfop_same_state", "cofins_cst", "cofins_rate", "credit_rate", "csosn", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pis_cst", "pis_rate", "profile_id", "tax_class") VALUES (NEW."cfop_other_state", NEW."cfop_other_state_contributor", NEW."cfop_same_state", NEW."cofins_cst", NEW."cofins_rate", NEW."credit_rate", NEW."csosn", NEW."group_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."pis_cst", NEW."pis_rate", NEW."profile_id", NEW."tax_class"); RETURN NULL;',
                            hash="9dd330c25daf616090cd487d9f61e634d23d254e",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_933e1",
                            table="nfe_taxrule",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "nfe_taxruleevent" ("cfop_other_state", "cfop_other_state_contributor", "cfop_same_state", "cofins_cst", "cofins_rate", "credit_rate", "csosn", "group_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pis_cst", "pis_rate", "profile_id", "tax_class") VALUES (OLD."cfop_other_state", OLD."cfop_other_state_contributor", OLD."cfop_same_state", OLD."cofins_cst", OLD."cofins_rate", OLD."credit_rate", OLD."csosn", OLD."group_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."pis_cst", OLD."pis_rate", OLD."profile_id", OLD."tax_class"); RETURN NULL;',
                            hash="2db87296237e4d40e668b3958ccbc5b422e6458a",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_29e1d",
                            table="nfe_taxrule",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxRuleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("tax_class", models.CharField(default="revenda", max_length=30, verbose_name="classe fiscal")),
                ("cfop_same_state", models.CharField(max_length=4, verbose_name="CFOP no estado")),
                ("cfop_other_state", models.CharField(max_length=4, verbose_name="CFOP para outro estado")),
                (
                    "cfop_other_state_contributor",
                    models.CharField(max_length=4, verbose_name="CFOP para contribuinte de outro estado"),
                ),
                ("csosn", models.CharField(max_length=3, verbose_name="CSOSN")),
                (
                    "credit_rate",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=7, null=True, verbose_name="crédito de ICMS (%)"
                    ),
                ),
                ("pis_cst", models.CharField(max_length=2, verbose_name="CST do PIS")),
                (
                    "pis_rate",
                    models.DecimalField(
                        decimal_places=4, default=Decimal("0"), max_digits=7, verbose_name="alíquota do PIS (%)"
                    ),
                ),
                ("cofins_cst", models.CharField(max_length=2, verbose_name="CST da COFINS")),
                (
                    "cofins_rate",
                    models.DecimalField(
                        decimal_places=4, default=Decimal("0"), max_digits=7, verbose_name="alíquota da COFINS (%)"
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
                        to="nfe.taxrule",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="nfe.taxprofile",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        CreateTriggers(),
        *statements_of("cais.nfe.migrations.0002_link_of_a_note"),
    ]
