"""Results by handler and client, goals of handlers, and promises to pay as rows of their own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from legalcity.lib.owner_migrations import key_of_case_dropped, owners_filled


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0081_hearings_found"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ResultFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_at", models.DateTimeField(verbose_name="taken at")),
                ("what", models.CharField(max_length=9)),
                ("month", models.DateField(verbose_name="month")),
                ("client", models.BigIntegerField(verbose_name="client")),
                ("handler", models.BigIntegerField(null=True, verbose_name="handler")),
                ("number", models.IntegerField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=20)),
            ],
            options={
                "verbose_name": "figure of results",
                "verbose_name_plural": "figures of results",
                "indexes": [models.Index(fields=["month"], name="result_figure_by_month")],
            },
        ),
        migrations.CreateModel(
            name="HandlerGoal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(verbose_name="month")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="to recover, EUR")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="set by",
                    ),
                ),
                (
                    "handler",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="goals",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="handler",
                    ),
                ),
            ],
            options={
                "verbose_name": "goal of a handler",
                "verbose_name_plural": "goals of handlers",
                "ordering": ("month", "id"),
                "permissions": [("set_goal", "Can set the goals of handlers")],
                "constraints": [models.UniqueConstraint(fields=("handler", "month"), name="handler_goal_once_a_month")],
            },
        ),
        migrations.CreateModel(
            name="PaymentPromise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="amount promised, EUR")),
                ("promised_on", models.DateField(verbose_name="promised for")),
                ("noted_on", models.DateField(verbose_name="noted on")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "promise to pay",
                "verbose_name_plural": "promises to pay",
                "ordering": ("promised_on", "id"),
                "indexes": [models.Index(fields=["promised_on", "id"], name="payment_promise_by_day")],
            },
        ),
        # Apart: with its table it would be made after what drops its key.
        migrations.AddField(
            model_name="paymentpromise",
            name="recovery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="promises",
                to="recoveries.recovery",
                verbose_name="case",
            ),
        ),
        *owners_filled("recoveries", "paymentpromise"),
        key_of_case_dropped("recoveries_paymentpromise"),
    ]
