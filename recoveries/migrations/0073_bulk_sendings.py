import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import legalcity.lib.claims
from legalcity.lib.owner_migrations import key_of_case_dropped, owners_filled


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0072_words_of_acts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Mailing",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("relance_1", "Relance 1"),
                            ("relance_2", "Relance 2"),
                            ("mise_en_demeure", "Mise en demeure"),
                            ("quittance", "Quittance"),
                            ("quittance_rectifiee", "Rectificatif de quittance"),
                        ],
                        max_length=40,
                        verbose_name="reminder",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "e-mail"),
                            ("letter", "letter by post"),
                            ("registered", "registered letter"),
                            ("electronic_registered", "electronic registered letter"),
                            ("sms", "text message"),
                        ],
                        max_length=21,
                        verbose_name="channel",
                    ),
                ),
                ("moves_case", models.BooleanField(verbose_name="moves the case when it has been sent")),
                ("with_held", models.BooleanField(default=False, verbose_name="with those that are held")),
                ("token", models.CharField(editable=False, max_length=32, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reviewing", "being reviewed"),
                            ("reviewed", "to be sent"),
                            ("sending", "being sent"),
                            ("done", "done"),
                            ("stopped", "stopped"),
                            ("failed", "failed"),
                        ],
                        default="reviewing",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="asked for at")),
                ("reviewed_at", models.DateTimeField(null=True, verbose_name="reviewed at")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed at")),
                ("done_at", models.DateTimeField(null=True, verbose_name="done at")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "bulk sending",
                "verbose_name_plural": "bulk sendings",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="MailingCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("send", "may leave now"),
                            ("hold", "kept back"),
                            ("never", "may not leave"),
                            ("unreachable", "no address for it"),
                        ],
                        db_default="",
                        default="",
                        max_length=11,
                        verbose_name="verdict",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("written", "on its way"),
                            ("held", "waits"),
                            ("refused", "not sent"),
                            ("stopped", "not sent: stopped before"),
                        ],
                        db_default="",
                        default="",
                        max_length=7,
                        verbose_name="result",
                    ),
                ),
                (
                    "reasons",
                    models.JSONField(
                        db_default=models.Value([], models.JSONField()), default=list, verbose_name="reasons"
                    ),
                ),
                ("until", models.DateTimeField(null=True, verbose_name="held until")),
                ("cost", models.DecimalField(decimal_places=2, max_digits=8, null=True, verbose_name="cost, EUR")),
                (
                    "owner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="client",
                    ),
                ),
                (
                    "mailing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cases",
                        to="recoveries.mailing",
                        verbose_name="bulk sending",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="recoveries.message",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "case of a bulk sending",
                "verbose_name_plural": "cases of bulk sendings",
                "ordering": ("id",),
            },
        ),
        # Its key is made at once, so that it can give way to the one over client and case.
        migrations.AddField(
            model_name="mailingcase",
            name="recovery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="recoveries.recovery",
                verbose_name="case",
            ),
        ),
        migrations.AddIndex(
            model_name="mailing",
            index=models.Index(
                condition=models.Q(("state__in", ("reviewing", "sending"))), fields=["due_at"], name="mailing_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="mailingcase",
            constraint=models.UniqueConstraint(fields=("mailing", "recovery"), name="mailing_case_once"),
        ),
        *owners_filled("recoveries", "mailingcase"),
        key_of_case_dropped("recoveries_mailingcase"),
    ]
