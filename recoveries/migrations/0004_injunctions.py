import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0003_first_statuses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="recovery",
            name="transferred_to",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="transferred_from",
                to="recoveries.recovery",
                verbose_name="transferred to",
            ),
        ),
        migrations.CreateModel(
            name="Injunction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        editable=False, max_length=64, unique=True, verbose_name="key of the payment page"
                    ),
                ),
                (
                    "procedure",
                    models.CharField(
                        choices=[("national", "injonction de payer"), ("european", "European order for payment")],
                        max_length=10,
                        verbose_name="procedure",
                    ),
                ),
                (
                    "court_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("tribunal_de_commerce", "Tribunal de commerce"),
                            ("tribunal_judiciaire", "Tribunal judiciaire"),
                            ("juge_des_contentieux_de_la_protection", "Juge des contentieux de la protection"),
                        ],
                        max_length=40,
                        verbose_name="kind of court",
                    ),
                ),
                ("court_name", models.CharField(blank=True, max_length=255, verbose_name="court")),
                (
                    "court_territory",
                    models.CharField(default="FR", max_length=2, verbose_name="territory of the court (ISO)"),
                ),
                ("file_number", models.CharField(blank=True, max_length=100, verbose_name="file number")),
                ("filed_on", models.DateField(blank=True, null=True, verbose_name="request filed on")),
                ("court_fee_paid_on", models.DateField(blank=True, null=True, verbose_name="court fee deposited on")),
                ("order_made_on", models.DateField(blank=True, null=True, verbose_name="order made on")),
                (
                    "granted_amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="granted, EUR"
                    ),
                ),
                ("served_on", models.DateField(blank=True, null=True, verbose_name="order served on")),
                (
                    "served_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("person", "to the debtor in person"),
                            ("other", "otherwise (home, town hall, office)"),
                        ],
                        max_length=6,
                        verbose_name="served",
                    ),
                ),
                ("reached_on", models.DateField(blank=True, null=True, verbose_name="debtor reached in person on")),
                ("opposed_on", models.DateField(blank=True, null=True, verbose_name="opposed on")),
                (
                    "costs_invited_on",
                    models.DateField(blank=True, null=True, verbose_name="costs of the opposition asked for on"),
                ),
                (
                    "costs_paid_on",
                    models.DateField(blank=True, null=True, verbose_name="costs of the opposition deposited on"),
                ),
                (
                    "opposition_notified_on",
                    models.DateField(blank=True, null=True, verbose_name="opposition notified on"),
                ),
                ("lawyer_appointed_on", models.DateField(blank=True, null=True, verbose_name="lawyer appointed on")),
                ("enforceable_on", models.DateField(blank=True, null=True, verbose_name="enforceable on")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
                ("court_fee", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="court fee, EUR")),
                ("handling_fee", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="handling fee, EUR")),
                ("fee_paid_on", models.DateField(blank=True, null=True, verbose_name="fee paid on")),
                (
                    "fee_payment_reference",
                    models.CharField(blank=True, max_length=255, verbose_name="reference of the payment"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                (
                    "recovery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="injunction",
                        to="recoveries.recovery",
                        verbose_name="case",
                    ),
                ),
            ],
            options={
                "verbose_name": "procedure",
                "verbose_name_plural": "procedures",
            },
        ),
        migrations.CreateModel(
            name="InjunctionFee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "procedure",
                    models.CharField(
                        choices=[("national", "injonction de payer"), ("european", "European order for payment")],
                        max_length=10,
                        verbose_name="procedure",
                    ),
                ),
                (
                    "court_type",
                    models.CharField(
                        choices=[
                            ("tribunal_de_commerce", "Tribunal de commerce"),
                            ("tribunal_judiciaire", "Tribunal judiciaire"),
                            ("juge_des_contentieux_de_la_protection", "Juge des contentieux de la protection"),
                        ],
                        max_length=40,
                        verbose_name="kind of court",
                    ),
                ),
                ("court_fee", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="court fee, EUR")),
                ("handling_fee", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="handling fee, EUR")),
                ("source", models.CharField(blank=True, max_length=255, verbose_name="source")),
            ],
            options={
                "verbose_name": "fee of a procedure",
                "verbose_name_plural": "fees of procedures",
                "constraints": [
                    models.UniqueConstraint(fields=("procedure", "court_type"), name="injunction_fee_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(("court_fee__gte", 0), ("handling_fee__gte", 0)),
                        name="injunction_fee_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeadlineAlert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20, verbose_name="deadline")),
                ("date", models.DateField(verbose_name="date")),
                ("article", models.CharField(max_length=100, verbose_name="article")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="recorded at")),
                (
                    "injunction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="recoveries.injunction",
                        verbose_name="procedure",
                    ),
                ),
            ],
            options={
                "verbose_name": "deadline alert",
                "verbose_name_plural": "deadline alerts",
                "ordering": ("date", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("injunction", "kind", "date"), name="deadline_alert_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "waiting"),
                            ("done", "done"),
                            ("refused", "refused"),
                            ("failed", "failed"),
                        ],
                        default="pending",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("reasons", models.JSONField(default=list, verbose_name="reasons")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "recovery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="transfer_requests",
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
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for a transfer",
                "verbose_name_plural": "requests for a transfer",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")), fields=["created_at"], name="transfer_waiting"
                    )
                ],
            },
        ),
    ]
