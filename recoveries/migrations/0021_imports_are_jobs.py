import django.db.models.functions.datetime
from django.db import migrations, models

import legalcity.lib.claims


def states_begin(apps, schema_editor):
    """What was imported is; what waited to be confirmed is sent again."""
    imports = apps.get_model("recoveries", "CaseImport").objects
    imports.filter(imported_at__isnull=False).update(state="imported")
    again = "Envoyez ce fichier de nouveau. / Send this file again."
    imports.filter(imported_at=None).update(state="refused", rows=[], reason=again)


class Migration(migrations.Migration):
    """Files of cases become jobs: a worker reads, checks and imports them."""

    dependencies = [("recoveries", "0020_letters_guard")]

    operations = [
        migrations.AddField(
            model_name="caseimport",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="attempts"),
        ),
        migrations.AddField(
            model_name="caseimport",
            name="claimed_until",
            field=models.DateTimeField(editable=False, null=True, verbose_name="taken by a worker until"),
        ),
        migrations.AddField(
            model_name="caseimport",
            name="due_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=legalcity.lib.claims.after_patience,
                editable=False,
                verbose_name="next attempt",
            ),
        ),
        migrations.AddField(
            model_name="caseimport",
            name="state",
            field=models.CharField(
                choices=[
                    ("reading", "being read"),
                    ("checked", "waiting to be confirmed"),
                    ("importing", "being imported"),
                    ("imported", "imported"),
                    ("refused", "refused"),
                ],
                default="reading",
                editable=False,
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AddField(
            model_name="caseimport",
            name="content",
            field=models.BinaryField(default=bytes, verbose_name="bytes"),
        ),
        migrations.AddField(
            model_name="caseimport",
            name="findings",
            field=models.JSONField(default=dict, editable=False, verbose_name="findings"),
        ),
        migrations.AddField(
            model_name="caseimport",
            name="done",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="rows done"),
        ),
        migrations.AddField(
            model_name="caseimport",
            name="reason",
            field=models.TextField(default="", editable=False, verbose_name="reason"),
        ),
        migrations.AddField(
            model_name="caseimport",
            name="despite_warnings",
            field=models.BooleanField(default=False, editable=False, verbose_name="despite warnings"),
        ),
        migrations.RunPython(states_begin, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="caseimport",
            index=models.Index(
                condition=models.Q(("state__in", ("reading", "importing"))), fields=["due_at"], name="case_import_due"
            ),
        ),
    ]
