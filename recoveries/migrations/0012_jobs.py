from datetime import timedelta

import django.db.models.functions.datetime
from django.db import migrations, models

import legalcity.lib.claims


def claims_end(apps, schema_editor):
    """What was claimed at a moment is claimed for the quarter of an hour that an e-mail's worker has."""
    emails = apps.get_model("recoveries", "SentEmail").objects.filter(claimed_at__isnull=False)
    emails.update(claimed_until=models.F("claimed_at") + timedelta(minutes=15))


def claims_begin(apps, schema_editor):
    """The way back."""
    emails = apps.get_model("recoveries", "SentEmail").objects.filter(claimed_until__isnull=False)
    emails.update(claimed_at=models.F("claimed_until") - timedelta(minutes=15))


class Migration(migrations.Migration):
    """The columns and the indexes of rows that are jobs."""

    dependencies = [("recoveries", "0011_letters_move_cases")]

    operations = [
        migrations.AddField(
            model_name="sentemail",
            name="claimed_until",
            field=models.DateTimeField(editable=False, null=True, verbose_name="taken by a worker until"),
        ),
        migrations.RunPython(claims_end, claims_begin),
        migrations.RemoveField(model_name="sentemail", name="claimed_at"),
        migrations.AlterField(
            model_name="sentemail",
            name="due_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=legalcity.lib.claims.after_patience,
                editable=False,
                verbose_name="next attempt",
            ),
        ),
        migrations.AddField(
            model_name="transferrequest",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="attempts"),
        ),
        migrations.AddField(
            model_name="transferrequest",
            name="claimed_until",
            field=models.DateTimeField(editable=False, null=True, verbose_name="taken by a worker until"),
        ),
        migrations.AddField(
            model_name="transferrequest",
            name="due_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=legalcity.lib.claims.after_patience,
                editable=False,
                verbose_name="next attempt",
            ),
        ),
        migrations.RemoveIndex(model_name="transferrequest", name="transfer_waiting"),
        migrations.AddIndex(
            model_name="transferrequest",
            index=models.Index(condition=models.Q(("state", "pending")), fields=["due_at"], name="transfer_due"),
        ),
    ]
