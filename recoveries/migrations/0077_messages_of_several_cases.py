"""A message may be about several cases of one debtor: who goes with which, and what left for each, written once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from legalcity.lib.append_only import AppendOnly
from legalcity.lib.owner_migrations import key_of_case_dropped, owners_filled


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0011_owners_held"),
        ("recoveries", "0076_portfolio_figures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MessageCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("decompte", models.JSONField(null=True, verbose_name="account")),
                ("sha256", models.CharField(blank=True, db_default="", default="", editable=False, max_length=64)),
                (
                    "total",
                    models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name="total due, EUR"),
                ),
            ],
            options={
                "verbose_name": "case of a message",
                "verbose_name_plural": "cases of messages",
                "ordering": ("message", "id"),
            },
        ),
        migrations.AddField(
            model_name="message",
            name="goes_with",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="followers",
                to="recoveries.message",
                verbose_name="goes with",
            ),
        ),
        migrations.AddField(
            model_name="messagecase",
            name="message",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="cases",
                to="recoveries.message",
                verbose_name="message",
            ),
        ),
        migrations.AddField(
            model_name="messagecase",
            name="owner",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="client",
            ),
        ),
        migrations.AddField(
            model_name="messagecase",
            name="recovery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="recoveries.recovery",
                verbose_name="case",
            ),
        ),
        migrations.AddField(
            model_name="messagecase",
            name="step_run",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="recoveries.steprun",
                verbose_name="step carried out",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagecase",
            constraint=models.UniqueConstraint(fields=("message", "recovery"), name="message_case_once"),
        ),
        *owners_filled("recoveries", "messagecase"),
        key_of_case_dropped("recoveries_messagecase"),
        AppendOnly("MessageCase", may_set=("message", "step_run")),
    ]
