"""A series of invoices may be closed, and another one go on in its place. Null: SQLite keeps the table's triggers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0015_found_by_number")]

    operations = [
        migrations.AddField(
            "invoicetype", "closed_at", models.DateTimeField(verbose_name="closed at", null=True, editable=False)
        ),
    ]
