"""Clients may choose to be sent their statements of account."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0033_place_is_remembered"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="group",
            field=models.CharField(
                choices=[
                    ("money_received", "Money received"),
                    ("debtor_proposals", "Proposals of the debtor"),
                    ("status_and_court", "Status and court"),
                    ("legal_dates", "Legal dates"),
                    ("documents_and_comments", "Documents and comments"),
                    ("scoring", "Scoring"),
                    ("firm_invoices", "Invoices of the firm"),
                    ("weekly_summary", "Weekly summary"),
                    ("client_statements", "Statements of account"),
                    ("digest", "Daily digest"),
                    ("my_cases", "My cases to act on today"),
                    ("confirmation", "Confirmation of an address"),
                ],
                max_length=30,
                verbose_name="tells of",
            ),
        ),
        migrations.AlterField(
            model_name="preference",
            name="group",
            field=models.CharField(
                choices=[
                    ("money_received", "Money received"),
                    ("debtor_proposals", "Proposals of the debtor"),
                    ("status_and_court", "Status and court"),
                    ("legal_dates", "Legal dates"),
                    ("documents_and_comments", "Documents and comments"),
                    ("scoring", "Scoring"),
                    ("firm_invoices", "Invoices of the firm"),
                    ("weekly_summary", "Weekly summary"),
                    ("client_statements", "Statements of account"),
                ],
                max_length=30,
                verbose_name="told of",
            ),
        ),
        migrations.AlterField(
            model_name="waiting",
            name="group",
            field=models.CharField(
                choices=[
                    ("money_received", "Money received"),
                    ("debtor_proposals", "Proposals of the debtor"),
                    ("status_and_court", "Status and court"),
                    ("legal_dates", "Legal dates"),
                    ("documents_and_comments", "Documents and comments"),
                    ("scoring", "Scoring"),
                    ("firm_invoices", "Invoices of the firm"),
                    ("weekly_summary", "Weekly summary"),
                    ("client_statements", "Statements of account"),
                ],
                max_length=30,
                verbose_name="told of",
            ),
        ),
    ]
