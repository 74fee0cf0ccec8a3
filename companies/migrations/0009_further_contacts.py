"""Further phones and e-mails of a party, with their history."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _person(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.SET_NULL,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        verbose_name=label,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0008_found_by_link"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PartyContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("phone", "phone"), ("email", "e-mail")], max_length=5, verbose_name="kind"
                    ),
                ),
                ("value", models.CharField(max_length=254, verbose_name="number or address")),
                ("key", models.CharField(editable=False, max_length=254)),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="added at")),
                ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="taken away at")),
                ("by", _person("added by")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                ("ended_by", _person("taken away by")),
                (
                    "replaces",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="companies.partycontact",
                        verbose_name="replaces",
                    ),
                ),
            ],
            options={
                "verbose_name": "further contact",
                "verbose_name_plural": "further contacts",
                "ordering": ("id",),
                "indexes": [models.Index(fields=["key"], name="party_contact_by_key")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("company", "key"),
                        name="party_contact_known_once",
                    )
                ],
            },
        ),
    ]
