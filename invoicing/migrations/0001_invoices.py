import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("recoveries", "0001_cases"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("invoice_number", models.CharField(max_length=255, verbose_name="number")),
                ("invoice_date", models.DateField(verbose_name="date")),
                ("invoice_due_date", models.DateField(blank=True, null=True, verbose_name="due date")),
                ("invoice_amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="amount")),
                ("invoice_part_paid", models.BooleanField(default=False, verbose_name="partly paid")),
                (
                    "invoice_part_paid_amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="part payment"
                    ),
                ),
                (
                    "remaining_amount",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            models.F("invoice_amount"),
                            "-",
                            django.db.models.functions.comparison.Coalesce(
                                models.F("invoice_part_paid_amount"), models.Value(0, models.DecimalField())
                            ),
                        ),
                        output_field=models.DecimalField(decimal_places=2, max_digits=14, verbose_name="remaining"),
                    ),
                ),
                (
                    "api_invoice_id",
                    models.CharField(blank=True, max_length=255, null=True, verbose_name="client's reference"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                (
                    "recovery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invoices",
                        to="recoveries.recovery",
                        verbose_name="case",
                    ),
                ),
            ],
            options={
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
                "ordering": ("-invoice_date", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recovery", "invoice_number"), name="invoice_number_unique_in_case"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("invoice_amount__gte", 0)), name="invoice_amount_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("invoice_part_paid_amount", None),
                            models.Q(
                                ("invoice_part_paid_amount__gte", 0),
                                ("invoice_part_paid_amount__lte", models.F("invoice_amount")),
                            ),
                            _connector="OR",
                        ),
                        name="invoice_part_payment_within_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("invoice_due_date", None),
                            ("invoice_due_date__gt", models.F("invoice_date")),
                            _connector="OR",
                        ),
                        name="invoice_due_after_its_date",
                    ),
                ],
            },
        ),
    ]
