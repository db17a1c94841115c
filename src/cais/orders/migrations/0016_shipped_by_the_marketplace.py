"""An order that the marketplace ships from its own stock has a situação of its own: nothing is to be done for it."""

from django.db import migrations, models

import cais.core.effects


class Migration(migrations.Migration):
    dependencies = [("orders", "0015_note_of_a_part")]
    operations = [
        migrations.AddField(model_name="order", name="marketplace_ships", field=models.BooleanField(default=False)),
        # A stored column is made anew, with its index, as before: the table is written once more under its lock. With a
        # million orders that took 12 seconds on two busy cores.
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
                    models.When(
                        models.Q(("delivered_at__isnull", False), ("erp_state", "done")), then=models.Value("delivered")
                    ),
                    models.When(
                        models.Q(("erp_state", "done"), ("shipped_at__isnull", False)), then=models.Value("shipped")
                    ),
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
                    models.When(models.Q(("marketplace_ships", True)), then=models.Value("marketplace_ships")),
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
    ]
