import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from legalcity.lib.migrations import SqlOf, text_index

TABLE = "invoicing_protectedinvoice"


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0001_invoices"),
        ("recoveries", "0002_text_sorts_and_search"),  # the extensions of PostgreSQL
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProtectedInvoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("api_invoice_id", models.CharField(max_length=255, verbose_name="client's identifier")),
                (
                    "tracking_code",
                    models.CharField(editable=False, max_length=300, unique=True, verbose_name="tracking code"),
                ),
                ("siren", models.CharField(max_length=9, verbose_name="SIREN")),
                ("invoice_number", models.CharField(max_length=255, verbose_name="number")),
                ("due_date", models.DateField(verbose_name="due date")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="amount")),
                (
                    "currency",
                    models.CharField(
                        choices=[("EUR", "EUR"), ("USD", "USD"), ("GBP", "GBP")],
                        default="EUR",
                        max_length=3,
                        verbose_name="currency",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("pending", "À payer"), ("paid", "Payée"), ("cancelled", "Annulée")],
                        default="pending",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("description", models.TextField(blank=True, null=True, verbose_name="description")),
                ("search_text", models.TextField(blank=True, default="", editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "protected invoice",
                "verbose_name_plural": "protected invoices",
                "ordering": ("-due_date", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "api_invoice_id"), name="protected_identifier_unique_of_owner"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="protected_amount_not_negative"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["owner", "id"], name="protected_by_owner"),
                    models.Index(fields=["owner", "due_date", "id"], name="protected_by_due_date"),
                    models.Index(fields=["owner", "amount", "id"], name="protected_by_amount"),
                    models.Index(fields=["owner", "status", "id"], name="protected_by_status"),
                    models.Index(fields=["owner", "siren", "id"], name="protected_by_siren"),
                    models.Index(fields=["owner", "created_at", "id"], name="protected_by_created"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtectedInvoiceChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_status",
                    models.CharField(
                        choices=[("pending", "À payer"), ("paid", "Payée"), ("cancelled", "Annulée")],
                        max_length=9,
                        verbose_name="from",
                    ),
                ),
                (
                    "to_status",
                    models.CharField(
                        choices=[("pending", "À payer"), ("paid", "Payée"), ("cancelled", "Annulée")],
                        max_length=9,
                        verbose_name="to",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="invoicing.protectedinvoice",
                        verbose_name="protected invoice",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a protected invoice",
                "verbose_name_plural": "changes of protected invoices",
                "ordering": ("created_at", "id"),
            },
        ),
        *text_index("protected_by_number", TABLE, "invoice_number"),
        SqlOf(
            "postgresql",
            f"CREATE INDEX protected_search ON {TABLE} USING gin (owner_id, search_text gin_trgm_ops)",
            "DROP INDEX IF EXISTS protected_search",
        ),
    ]
