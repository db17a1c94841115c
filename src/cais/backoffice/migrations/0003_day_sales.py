"""What each company sold on each day, written as changes: no row that everybody would lock."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

CREATE = """
CREATE FUNCTION backoffice_sum_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO backoffice_companydaysales (group_id, company_id, day, orders, revenue)
        SELECT group_id, company_id, (placed_at AT TIME ZONE 'America/Sao_Paulo')::date, count(*), sum(total)
        FROM now_rows WHERE state = 'open' GROUP BY 1, 2, 3;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO backoffice_companydaysales (group_id, company_id, day, orders, revenue)
        SELECT group_id, company_id, (placed_at AT TIME ZONE 'America/Sao_Paulo')::date, -count(*), -sum(total)
        FROM was_rows WHERE state = 'open' GROUP BY 1, 2, 3;
    ELSE
        INSERT INTO backoffice_companydaysales (group_id, company_id, day, orders, revenue)
        SELECT group_id, company_id, (placed_at AT TIME ZONE 'America/Sao_Paulo')::date,
               sum(one), sum(one * total)
        FROM (
            SELECT group_id, company_id, placed_at, total, state, 1 AS one FROM now_rows
            UNION ALL
            SELECT group_id, company_id, placed_at, total, state, -1 FROM was_rows
        ) both_rows
        WHERE state = 'open' GROUP BY 1, 2, 3 HAVING sum(one) <> 0 OR sum(one * total) <> 0;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER sum_insert AFTER INSERT ON backoffice_salesorder REFERENCING NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION backoffice_sum_days();
CREATE TRIGGER sum_update AFTER UPDATE ON backoffice_salesorder
    REFERENCING OLD TABLE AS was_rows NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION backoffice_sum_days();
CREATE TRIGGER sum_delete AFTER DELETE ON backoffice_salesorder REFERENCING OLD TABLE AS was_rows
    FOR EACH STATEMENT EXECUTE FUNCTION backoffice_sum_days();
INSERT INTO backoffice_companydaysales (group_id, company_id, day, orders, revenue)
SELECT group_id, company_id, (placed_at AT TIME ZONE 'America/Sao_Paulo')::date, count(*), sum(total)
FROM backoffice_salesorder WHERE state = 'open' GROUP BY 1, 2, 3;
"""
DROP = """
DROP TRIGGER sum_insert ON backoffice_salesorder;
DROP TRIGGER sum_update ON backoffice_salesorder;
DROP TRIGGER sum_delete ON backoffice_salesorder;
DROP FUNCTION backoffice_sum_days();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0002_freight_and_payment"),
        ("companies", "0004_invitations"),
    ]

    operations = [
        migrations.CreateModel(
            name="CompanyDaySales",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("orders", models.IntegerField()),
                ("revenue", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
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
            ],
            options={
                "indexes": [models.Index(fields=["group", "day"], name="company_day_sales")],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
