import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("companies", "0001_companies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Status",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=255, verbose_name="description")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("is_closing", models.BooleanField(default=False, verbose_name="closes the case")),
            ],
            options={
                "verbose_name": "status",
                "verbose_name_plural": "statuses",
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="StatusGroup",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ],
            options={
                "verbose_name": "group of statuses",
                "verbose_name_plural": "groups of statuses",
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="Recovery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "amicable recovery"), (2, "injonction de payer")], default=1, verbose_name="type"
                    ),
                ),
                ("recovery_reference", models.CharField(max_length=20, unique=True, verbose_name="reference")),
                ("recovery_service_object", models.CharField(max_length=255, verbose_name="object of the service")),
                ("recovery_due_date", models.DateField(verbose_name="due date")),
                ("recovery_late_interest", models.BooleanField(default=False, verbose_name="late interest")),
                (
                    "recovery_interest_rate",
                    models.CharField(
                        blank=True,
                        choices=[("no", "none"), ("yes", "agreed rate"), ("yes 3", "three times the legal rate")],
                        max_length=5,
                        null=True,
                        verbose_name="interest rate",
                    ),
                ),
                (
                    "recovery_interest_rate_percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="agreed rate, %"
                    ),
                ),
                ("recovery_penalty", models.BooleanField(default=False, verbose_name="penalty")),
                (
                    "recovery_penalty_type",
                    models.CharField(
                        blank=True,
                        choices=[("amount", "fixed amount"), ("percent", "percentage")],
                        max_length=7,
                        null=True,
                        verbose_name="kind of penalty",
                    ),
                ),
                (
                    "recovery_penalty_amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="penalty, EUR"
                    ),
                ),
                (
                    "recovery_penalty_percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="penalty, %"
                    ),
                ),
                (
                    "recovery_raison_notpaid",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (0, "other"),
                            (1, "bad payer"),
                            (2, "temporary financial difficulties"),
                            (3, "major financial difficulties"),
                            (4, "service poorly performed"),
                            (5, "service partially carried out"),
                            (6, "service never requested"),
                            (7, "none"),
                            (8, "other reason"),
                        ],
                        null=True,
                        verbose_name="reason for non-payment",
                    ),
                ),
                ("recovery_observations", models.TextField(blank=True, null=True, verbose_name="observations")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                ("amount", models.DecimalField(decimal_places=2, default=0, max_digits=16, verbose_name="amount")),
                (
                    "amount_torecover",
                    models.DecimalField(decimal_places=2, default=0, max_digits=16, verbose_name="to recover"),
                ),
                ("invoices_count", models.PositiveIntegerField(default=0, verbose_name="invoices")),
                ("comments_count", models.PositiveIntegerField(default=0, verbose_name="comments")),
                ("debtor_name", models.CharField(blank=True, default="", max_length=511, verbose_name="debtor's name")),
                (
                    "debtor_company",
                    models.CharField(blank=True, default="", max_length=255, verbose_name="debtor's company"),
                ),
                (
                    "customer_company",
                    models.CharField(blank=True, default="", max_length=255, verbose_name="creditor's company"),
                ),
                ("search_text", models.TextField(blank=True, default="", editable=False)),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                        verbose_name="creditor",
                    ),
                ),
                (
                    "debtor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                        verbose_name="debtor",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="client",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="handler",
                    ),
                ),
                (
                    "status",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="recoveries.status",
                        verbose_name="status",
                    ),
                ),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="CaseCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("n", models.IntegerField(default=0)),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "status",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="recoveries.status",
                    ),
                ),
            ],
            options={
                "verbose_name": "number of cases",
                "verbose_name_plural": "numbers of cases",
            },
        ),
        migrations.CreateModel(
            name="StatusChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("comment", models.TextField(blank=True, verbose_name="why")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
                (
                    "from_status",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="recoveries.status",
                        verbose_name="from",
                    ),
                ),
                (
                    "recovery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="status_history",
                        to="recoveries.recovery",
                        verbose_name="case",
                    ),
                ),
                (
                    "to_status",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="recoveries.status",
                        verbose_name="to",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of status",
                "verbose_name_plural": "changes of status",
                "ordering": ("created_at", "id"),
            },
        ),
        migrations.AddField(
            model_name="status",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="statuses",
                to="recoveries.statusgroup",
                verbose_name="group",
            ),
        ),
        migrations.CreateModel(
            name="Dette",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=255, verbose_name="label")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="amount")),
                ("date", models.DateField(verbose_name="date")),
                ("comment", models.TextField(blank=True, verbose_name="comment")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                (
                    "recovery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dettes",
                        to="recoveries.recovery",
                        verbose_name="case",
                    ),
                ),
            ],
            options={
                "verbose_name": "debt (dette)",
                "verbose_name_plural": "debts (dettes)",
                "ordering": ("date", "id"),
                "constraints": [models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="dette_positive")],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("html", models.TextField(verbose_name="comment")),
                ("text", models.TextField(verbose_name="plain text")),
                ("visible_to_user", models.BooleanField(default=True, verbose_name="visible to the client")),
                ("visible_to_debtor", models.BooleanField(default=False, verbose_name="visible to the debtor")),
                ("visible_to_bailiff", models.BooleanField(default=True, verbose_name="visible to the bailiff")),
                ("is_read", models.BooleanField(default=False, verbose_name="read")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "recovery",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="recoveries.recovery",
                        verbose_name="case",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
                "ordering": ("created_at", "id"),
                "indexes": [models.Index(fields=["recovery", "created_at", "id"], name="comment_of_case")],
            },
        ),
        migrations.CreateModel(
            name="Acompte",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="amount")),
                ("date", models.DateField(verbose_name="date")),
                ("method", models.CharField(blank=True, max_length=50, verbose_name="method")),
                ("reference", models.CharField(blank=True, max_length=255, verbose_name="reference")),
                ("comment", models.TextField(blank=True, verbose_name="comment")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                (
                    "recovery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acomptes",
                        to="recoveries.recovery",
                        verbose_name="case",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment received (acompte)",
                "verbose_name_plural": "payments received (acomptes)",
                "ordering": ("date", "id"),
                "constraints": [models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="acompte_positive")],
            },
        ),
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(fields=["owner", "recovery_reference", "id"], name="recovery_by_reference"),
        ),
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(fields=["owner", "status", "created_at", "id"], name="recovery_by_status_created"),
        ),
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(fields=["owner", "status", "id"], name="recovery_by_status"),
        ),
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(fields=["owner", "recovery_due_date", "id"], name="recovery_by_due_date"),
        ),
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(fields=["owner", "amount", "id"], name="recovery_by_amount"),
        ),
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(fields=["owner", "amount_torecover", "id"], name="recovery_by_torecover"),
        ),
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(fields=["owner", "user", "id"], name="recovery_by_handler"),
        ),
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(fields=["owner", "created_at", "id"], name="recovery_by_created"),
        ),
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(fields=["owner", "updated_at", "id"], name="recovery_by_updated"),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="recovery_amount_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_torecover__gte", 0)), name="recovery_torecover_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.UniqueConstraint(fields=("owner", "id"), name="recovery_by_owner"),
        ),
        migrations.AddConstraint(
            model_name="casecount",
            constraint=models.UniqueConstraint(fields=("owner", "status"), name="case_count_one_row"),
        ),
    ]
