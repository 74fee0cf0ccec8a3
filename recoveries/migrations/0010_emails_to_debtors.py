"""E-mails to debtors."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0009_rates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SentEmail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("relance_1", "Relance 1"),
                            ("relance_2", "Relance 2"),
                            ("mise_en_demeure", "Mise en demeure"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("recipient", models.EmailField(max_length=254, verbose_name="recipient")),
                ("subject", models.CharField(max_length=255, verbose_name="subject")),
                ("text", models.TextField(verbose_name="text")),
                ("html", models.TextField(editable=False, verbose_name="HTML")),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "queued"), ("sent", "sent"), ("failed", "failed")],
                        default="queued",
                        max_length=6,
                        verbose_name="state",
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=100, verbose_name="error")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="written at")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("due_at", models.DateTimeField(editable=False, verbose_name="next attempt")),
                ("claimed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "recovery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="emails",
                        to="recoveries.recovery",
                        verbose_name="case",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "e-mail to a debtor",
                "verbose_name_plural": "e-mails to debtors",
                "ordering": ("-created_at", "-id"),
                "permissions": [("send_email", "Can send e-mails to debtors")],
                "indexes": [
                    models.Index(condition=models.Q(("state", "queued")), fields=["due_at"], name="email_waiting")
                ],
            },
        ),
    ]
