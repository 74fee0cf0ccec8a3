"""What the lists of staff filter and sort by, their saved filters, and files of cases to be imported."""

from typing import Any

from django.conf import settings
from django.db import migrations, models

from legalcity.lib.countries import country_code


def fill_countries(apps: Any, _schema_editor: Any) -> None:
    """The debtor's country of the cases that are there: one statement for each country as it was written."""
    company, recovery = apps.get_model("companies", "Company"), apps.get_model("recoveries", "Recovery")
    for written in company.objects.order_by().values_list("company_country", flat=True).distinct():
        if code := country_code(written):
            recovery.objects.filter(debtor__company_country=written).update(debtor_country=code)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("recoveries", "0007_permissions"),
    ]

    operations = [
        migrations.AddField(
            model_name="recovery",
            name="debtor_country",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=2,
                verbose_name="debtor's country",
            ),
        ),
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(fields=["created_at", "id"], name="recovery_newest"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("is_read", False)), fields=["recovery", "user"], name="comment_unread"
            ),
        ),
        migrations.AddField(
            model_name="injunction",
            name="next_deadline",
            field=models.DateField(db_index=True, editable=False, null=True, verbose_name="next legal deadline"),
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("query", models.CharField(max_length=2000, verbose_name="filter")),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared with all staff")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE,
                        related_name="saved_filters",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
            ],
            options={
                "verbose_name": "saved filter",
                "verbose_name_plural": "saved filters",
                "ordering": ("name", "id"),
                "permissions": [("share_filter", "Can share filters with all staff")],
                "constraints": [models.UniqueConstraint(fields=("user", "name"), name="saved_filter_name_once")],
            },
        ),
        migrations.CreateModel(
            name="CaseImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=255, verbose_name="file")),
                ("digest", models.CharField(editable=False, max_length=64, verbose_name="SHA-256")),
                ("rows", models.JSONField(default=list, editable=False, verbose_name="rows")),
                ("references", models.JSONField(default=list, editable=False, verbose_name="cases")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="uploaded at")),
                ("imported_at", models.DateTimeField(editable=False, null=True, verbose_name="imported at")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="client",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="imported by",
                    ),
                ),
            ],
            options={
                "verbose_name": "import of cases",
                "verbose_name_plural": "imports of cases",
                "ordering": ("-created_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("imported_at__isnull", False)),
                        fields=("owner", "digest"),
                        name="case_import_once",
                    )
                ],
            },
        ),
        migrations.RunPython(fill_countries, migrations.RunPython.noop),
    ]
