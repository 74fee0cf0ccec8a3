import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_users_keys_tokens"),
        ("scoring", "0001_token_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TokenAccount",
            fields=[],
            options={
                "verbose_name": "token account",
                "verbose_name_plural": "token accounts",
                "ordering": ("email",),
                "proxy": True,
                "default_permissions": ("view",),
                "indexes": [],
                "constraints": [],
            },
            bases=("accounts.user",),
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("closed", "company closed"),
                            ("reopened", "company active again"),
                            ("insolvency_notice", "insolvency notice"),
                            ("notice_withdrawn", "insolvency notice withdrawn"),
                            ("address", "head office moved"),
                            ("score_band", "risk level changed"),
                        ],
                        max_length=20,
                        verbose_name="change",
                    ),
                ),
                ("mark", models.CharField(max_length=255, verbose_name="mark")),
                ("details", models.JSONField(default=dict, verbose_name="details")),
                ("created_at", models.DateTimeField(verbose_name="recorded at")),
            ],
            options={
                "verbose_name": "surveillance alert",
                "verbose_name_plural": "surveillance alerts",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="OrderYear",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "numbering of a year",
                "verbose_name_plural": "numbering of the years",
            },
        ),
        migrations.CreateModel(
            name="Surveillance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="ends on")),
                ("checked_on", models.DateField(verbose_name="last looked at")),
                ("known", models.JSONField(default=dict, verbose_name="last known")),
                ("silent", models.JSONField(default=list, verbose_name="sources that did not answer")),
            ],
            options={
                "verbose_name": "surveillance",
                "verbose_name_plural": "surveillances",
                "ordering": ("-id",),
            },
        ),
        migrations.AlterField(
            model_name="tokenentry",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AlterField(
            model_name="tokenentry",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="token_entries",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        migrations.CreateModel(
            name="ScoringOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_id", models.CharField(max_length=20, unique=True, verbose_name="number")),
                ("company_id", models.BigIntegerField(verbose_name="company (id)")),
                ("company_name", models.CharField(max_length=255, verbose_name="company")),
                ("company_siret", models.CharField(blank=True, max_length=14, null=True, verbose_name="SIRET")),
                ("company_siren", models.CharField(blank=True, max_length=9, verbose_name="SIREN")),
                ("company_legal_form", models.CharField(blank=True, max_length=50, verbose_name="legal form")),
                ("company_country", models.CharField(blank=True, max_length=255, verbose_name="country")),
                ("solvency_report", models.BooleanField(verbose_name="solvency report")),
                ("surveillance", models.BooleanField(verbose_name="surveillance")),
                (
                    "report_type",
                    models.CharField(
                        blank=True,
                        choices=[("standard", "standard"), ("detailed", "detailed")],
                        max_length=8,
                        null=True,
                        verbose_name="type of report",
                    ),
                ),
                (
                    "surveillance_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="months of surveillance"),
                ),
                (
                    "priority",
                    models.CharField(
                        choices=[("standard", "standard"), ("express", "express")],
                        default="standard",
                        max_length=8,
                        verbose_name="priority",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("processing", "processing"),
                            ("completed", "completed"),
                            ("failed", "failed"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("results", models.JSONField(blank=True, null=True, verbose_name="results")),
                ("failure", models.CharField(blank=True, max_length=255, verbose_name="why it failed")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("claimed_until", models.DateTimeField(blank=True, null=True, verbose_name="taken by a worker until")),
                ("created_at", models.DateTimeField(verbose_name="ordered at")),
                ("estimated_delivery", models.DateTimeField(verbose_name="estimated delivery")),
                ("completed_at", models.DateTimeField(blank=True, null=True, verbose_name="completed at")),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="client",
                    ),
                ),
            ],
            options={
                "verbose_name": "scoring order",
                "verbose_name_plural": "scoring orders",
                "ordering": ("-id",),
            },
        ),
        migrations.AddField(
            model_name="tokenentry",
            name="order",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="token_entries",
                to="scoring.scoringorder",
                verbose_name="order",
            ),
        ),
        migrations.AddConstraint(
            model_name="tokenentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__lt", 0), ("kind", "spent")),
                    models.Q(("amount__gt", 0), ("kind__in", ("granted", "refunded"))),
                    _connector="OR",
                ),
                name="token_entry_sign_fits_kind",
            ),
        ),
        migrations.AddField(
            model_name="surveillance",
            name="order",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="watch",
                to="scoring.scoringorder",
                verbose_name="scoring order",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="surveillance",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="alerts",
                to="scoring.surveillance",
                verbose_name="surveillance",
            ),
        ),
        migrations.AddIndex(
            model_name="scoringorder",
            index=models.Index(fields=["user", "id"], name="scoring_order_of_user"),
        ),
        migrations.AddIndex(
            model_name="scoringorder",
            index=models.Index(
                condition=models.Q(("status__in", ("pending", "processing"))),
                fields=["id"],
                name="scoring_order_unfinished",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoringorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("solvency_report", True), ("surveillance", True), _connector="OR"),
                name="scoring_order_of_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoringorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("surveillance", False), ("surveillance_months", None)),
                    models.Q(("surveillance", True), ("surveillance_months__range", (1, 36))),
                    _connector="OR",
                ),
                name="scoring_order_months_fit",
            ),
        ),
        migrations.AddIndex(
            model_name="surveillance",
            index=models.Index(fields=["checked_on", "ends_on"], name="surveillance_due"),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(fields=("surveillance", "kind", "mark"), name="surveillance_alert_once"),
        ),
    ]
