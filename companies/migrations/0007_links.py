"""Rows of parties that staff link as one person, and who did."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0006_found_by_phone"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="company",
            name="linked_as",
            field=models.BigIntegerField(editable=False, null=True, verbose_name="linked as"),
        ),
        migrations.CreateModel(
            name="PartyLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("linked_as", models.BigIntegerField(editable=False, verbose_name="linked as")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="linked at")),
                ("undone_at", models.DateTimeField(editable=False, null=True, verbose_name="unlinked at")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="linked by",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="unlinked by",
                    ),
                ),
            ],
            options={
                "verbose_name": "link of a party",
                "verbose_name_plural": "links of parties",
                "ordering": ("-at", "-id"),
                "indexes": [models.Index(fields=["linked_as"], name="party_link_of")],
            },
        ),
    ]
