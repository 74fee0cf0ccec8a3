"""Balances keep on what terms they were reckoned, so that other rates make them stale by themselves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0034_receipts")]

    operations = [
        migrations.AddField("casebalance", "terms", models.CharField(db_default="", default="", max_length=16)),
        migrations.AddIndex("casebalance", models.Index(fields=["terms"], name="balance_terms")),
    ]
