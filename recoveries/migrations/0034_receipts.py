"""Receipts of payments for debtors, and notices of them for creditors."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import legalcity.lib.claims


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0033_write_off"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CreditorNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "claimed_until",
                    models.DateTimeField(editable=False, null=True, verbose_name="taken by a worker until"),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=legalcity.lib.claims.after_patience,
                        editable=False,
                        verbose_name="next attempt",
                    ),
                ),
                ("recipient", models.EmailField(max_length=254, verbose_name="recipient")),
                ("subject", models.CharField(max_length=255, verbose_name="subject")),
                ("text", models.TextField(verbose_name="text")),
                ("html", models.TextField(editable=False, verbose_name="HTML")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("sent", "sent"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                            ("to_post", "to be sent by post"),
                        ],
                        default="queued",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=1000, verbose_name="error")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="written at")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
            ],
            options={
                "verbose_name": "notice to a creditor",
                "verbose_name_plural": "notices to creditors",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.AddField(
            model_name="sentemail",
            name="payment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="receipts",
                to="recoveries.acompte",
                verbose_name="payment",
            ),
        ),
        migrations.AlterField(
            model_name="sentemail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("relance_1", "Relance 1"),
                    ("relance_2", "Relance 2"),
                    ("mise_en_demeure", "Mise en demeure"),
                    ("quittance", "Quittance"),
                    ("quittance_rectifiee", "Rectificatif de quittance"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="sentemail",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "queued"),
                    ("sent", "sent"),
                    ("failed", "failed"),
                    ("cancelled", "cancelled"),
                    ("to_post", "to be sent by post"),
                ],
                default="queued",
                max_length=9,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="sentemail",
            constraint=models.UniqueConstraint(fields=("payment", "kind"), name="receipt_once_a_payment"),
        ),
        migrations.AddConstraint(
            model_name="sentemail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["quittance", "quittance_rectifiee"]), ("payment__isnull", False)),
                    models.Q(
                        models.Q(("kind__in", ["quittance", "quittance_rectifiee"]), _negated=True), ("payment", None)
                    ),
                    _connector="OR",
                ),
                name="receipt_of_a_payment",
            ),
        ),
        migrations.AddField(
            model_name="creditornotice",
            name="payment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to="recoveries.acompte",
                verbose_name="payment",
            ),
        ),
        migrations.AddField(
            model_name="creditornotice",
            name="posting",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notice",
                to="recoveries.posting",
                verbose_name="posting",
            ),
        ),
        migrations.AddIndex(
            model_name="creditornotice",
            index=models.Index(
                condition=models.Q(("state", "queued")), fields=["due_at"], name="creditor_notice_waiting"
            ),
        ),
    ]
