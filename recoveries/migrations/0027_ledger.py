import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from legalcity.lib.append_only import AppendOnly
from legalcity.lib.migrations import SqlOf

# On PostgreSQL the lines of a posting, which come in one statement, must add up to nothing. SQLite has no such trigger:
# there the service alone sees to it, as it does on both, and `check_ledger` looks.
BALANCED = """
CREATE FUNCTION ledger_line_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong bigint;
BEGIN
    SELECT posting_id INTO wrong FROM recoveries_line
    WHERE posting_id IN (SELECT posting_id FROM fresh)
    GROUP BY posting_id HAVING sum(debit) <> sum(credit) LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the lines of posting % do not balance', wrong USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER recoveries_line_balanced AFTER INSERT ON recoveries_line
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_line_balanced();
"""
UNBALANCED = """
DROP TRIGGER recoveries_line_balanced ON recoveries_line;
DROP FUNCTION ledger_line_balanced();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0010_disputed_invoices"),
        ("recoveries", "0026_limitation_holds_and_acknowledgements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="acompte",
            name="invoice",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="invoicing.invoice",
                verbose_name="invoice that the debtor chose",
            ),
        ),
        migrations.AddField(
            model_name="acompte",
            name="is_direct",
            field=models.BooleanField(db_default=False, default=False, verbose_name="received by the creditor"),
        ),
        migrations.CreateModel(
            name="CaseBalance",
            fields=[
                (
                    "recovery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="balance",
                        serialize=False,
                        to="recoveries.recovery",
                        verbose_name="case",
                    ),
                ),
                ("on", models.DateField(verbose_name="on")),
                ("due", models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name="due today")),
                (
                    "principal",
                    models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name="principal"),
                ),
                ("interest", models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name="interest")),
                (
                    "indemnity",
                    models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name="indemnities"),
                ),
                ("penalty", models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name="penalty")),
                ("cost", models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name="costs")),
                (
                    "not_due",
                    models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name="not yet due"),
                ),
                (
                    "surplus",
                    models.DecimalField(
                        decimal_places=2, max_digits=20, null=True, verbose_name="paid beyond what was owed"
                    ),
                ),
                (
                    "per_day",
                    models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name="interest per day"),
                ),
                ("is_provisional", models.BooleanField(default=False, verbose_name="provisional")),
                ("missing_on", models.DateField(null=True, verbose_name="no rate known for")),
                ("next_change", models.DateField(null=True, verbose_name="next change")),
            ],
            options={
                "verbose_name": "balance of a case",
                "verbose_name_plural": "balances of cases",
                "indexes": [
                    models.Index(fields=["due"], name="balance_due"),
                    models.Index(
                        condition=models.Q(("next_change__isnull", False)),
                        fields=["next_change"],
                        name="balance_next_change",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("claim", "claim"),
                            ("claim_change", "claim corrected"),
                            ("payment", "payment received"),
                            ("direct_payment", "payment received by the creditor"),
                            ("reversal", "reversal"),
                            ("credit_note", "credit note"),
                            ("waiver", "waiver"),
                            ("writeoff", "written off"),
                            ("cost", "cost"),
                            ("penalty", "penalty"),
                            ("refund", "refund"),
                            ("transfer_out", "went on to another case"),
                            ("transfer_in", "came from another case"),
                        ],
                        max_length=14,
                        verbose_name="kind",
                    ),
                ),
                ("effective_on", models.DateField(verbose_name="effective on")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("reason", models.CharField(blank=True, max_length=255, verbose_name="reason")),
                ("source", models.CharField(max_length=20, verbose_name="source")),
                ("facts", models.JSONField(default=dict, verbose_name="facts")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
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
                    "recovery",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="postings",
                        to="recoveries.recovery",
                        verbose_name="case",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversal",
                        to="recoveries.posting",
                        verbose_name="reverses",
                    ),
                ),
                (
                    "supersedes",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="recoveries.posting",
                        verbose_name="supersedes",
                    ),
                ),
            ],
            options={
                "verbose_name": "posting",
                "verbose_name_plural": "postings",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.CharField(
                        choices=[
                            ("debtor", "debtor"),
                            ("bank", "bank"),
                            ("creditor", "creditor"),
                            ("waived", "waived"),
                            ("lost", "lost"),
                            ("suspense", "suspense"),
                        ],
                        max_length=8,
                        verbose_name="account",
                    ),
                ),
                (
                    "head",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("principal", "principal"),
                            ("interest", "interest"),
                            ("indemnity", "indemnity"),
                            ("penalty", "penalty"),
                            ("cost", "cost"),
                            ("surplus", "surplus"),
                        ],
                        max_length=9,
                        verbose_name="head",
                    ),
                ),
                ("claim_kind", models.CharField(blank=True, max_length=7, verbose_name="kind of claim")),
                ("claim_id", models.BigIntegerField(null=True, verbose_name="claim")),
                ("debit", models.DecimalField(decimal_places=2, default=0, max_digits=20, verbose_name="debit")),
                ("credit", models.DecimalField(decimal_places=2, default=0, max_digits=20, verbose_name="credit")),
                ("article", models.CharField(blank=True, max_length=60, verbose_name="article")),
                (
                    "posting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="recoveries.posting",
                        verbose_name="posting",
                    ),
                ),
            ],
            options={
                "verbose_name": "line",
                "verbose_name_plural": "lines",
                "ordering": ("id",),
            },
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(fields=["recovery", "id"], name="posting_of_case"),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(fields=["effective_on", "id"], name="posting_by_day"),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(fields=["owner", "effective_on"], name="posting_of_owner"),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "reversal"), ("reverses__isnull", False)),
                    models.Q(models.Q(("kind", "reversal"), _negated=True), ("reverses", None)),
                    _connector="OR",
                ),
                name="posting_reversal_names_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credit__gt", 0), ("debit", 0)),
                    models.Q(("credit", 0), ("debit__gt", 0)),
                    _connector="OR",
                ),
                name="line_one_side",
            ),
        ),
        AppendOnly("Posting"),
        AppendOnly("Line"),
        SqlOf("postgresql", BALANCED, UNBALANCED),
    ]
