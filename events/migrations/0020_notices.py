"""Notices to clients: preferences, addresses, what waits to be told, and the e-mails."""

from typing import Any

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import legalcity.lib.claims


def begin_here(apps: Any, schema_editor: Any) -> None:
    """What happened before there were notices is told to nobody."""
    last = apps.get_model("events", "Event").objects.order_by("-xact", "-id").first()
    place = {"xact": last.xact, "event_id": last.pk} if last else {"xact": 0, "event_id": 0}
    apps.get_model("events", "Place").objects.create(id=1, **place)


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0010_webhooks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
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
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("money_received", "Money received"),
                            ("debtor_proposals", "Proposals of the debtor"),
                            ("status_and_court", "Status and court"),
                            ("legal_dates", "Legal dates"),
                            ("documents_and_comments", "Documents and comments"),
                            ("scoring", "Scoring"),
                            ("firm_invoices", "Invoices of the firm"),
                            ("weekly_summary", "Weekly summary"),
                            ("digest", "Daily digest"),
                            ("my_cases", "My cases to act on today"),
                            ("confirmation", "Confirmation of an address"),
                        ],
                        max_length=30,
                        verbose_name="tells of",
                    ),
                ),
                ("period", models.CharField(max_length=40, verbose_name="period")),
                ("event_ids", models.JSONField(default=list, verbose_name="events (ids)")),
            ],
            options={
                "verbose_name": "notice to a client",
                "verbose_name_plural": "notices to clients",
                "ordering": ("-created_at", "-id"),
                "permissions": [("manage_notices", "Can send notices again and release addresses")],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("xact", models.BigIntegerField(verbose_name="transaction")),
                ("event_id", models.BigIntegerField(verbose_name="event (id)")),
            ],
            options={
                "verbose_name": "how far events were read",
                "verbose_name_plural": "how far events were read",
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("money_received", "Money received"),
                            ("debtor_proposals", "Proposals of the debtor"),
                            ("status_and_court", "Status and court"),
                            ("legal_dates", "Legal dates"),
                            ("documents_and_comments", "Documents and comments"),
                            ("scoring", "Scoring"),
                            ("firm_invoices", "Invoices of the firm"),
                            ("weekly_summary", "Weekly summary"),
                        ],
                        max_length=30,
                        verbose_name="told of",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("off", "not at all"),
                            ("instant", "at once"),
                            ("daily", "once a day"),
                            ("weekly", "once a week"),
                        ],
                        max_length=8,
                        verbose_name="how",
                    ),
                ),
                ("recipients", models.JSONField(default=list, verbose_name="recipients")),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "French"), ("en", "English")], max_length=2, verbose_name="language"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
            ],
            options={
                "verbose_name": "preference for notices",
                "verbose_name_plural": "preferences for notices",
                "ordering": ("owner", "group"),
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, verbose_name="address")),
                ("asked_at", models.DateTimeField(null=True, verbose_name="asked to confirm at")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed at")),
                ("held_at", models.DateTimeField(null=True, verbose_name="held since")),
                ("held_reason", models.CharField(blank=True, max_length=255, verbose_name="held because")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
            ],
            options={
                "verbose_name": "recipient of notices",
                "verbose_name_plural": "recipients of notices",
                "ordering": ("owner", "email"),
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("name", models.CharField(max_length=30, primary_key=True, serialize=False, verbose_name="round")),
                ("day", models.DateField(verbose_name="day")),
            ],
            options={
                "verbose_name": "round of notices",
                "verbose_name_plural": "rounds of notices",
            },
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.BigIntegerField(unique=True, verbose_name="event (id)")),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("money_received", "Money received"),
                            ("debtor_proposals", "Proposals of the debtor"),
                            ("status_and_court", "Status and court"),
                            ("legal_dates", "Legal dates"),
                            ("documents_and_comments", "Documents and comments"),
                            ("scoring", "Scoring"),
                            ("firm_invoices", "Invoices of the firm"),
                            ("weekly_summary", "Weekly summary"),
                        ],
                        max_length=30,
                        verbose_name="told of",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("off", "not at all"),
                            ("instant", "at once"),
                            ("daily", "once a day"),
                            ("weekly", "once a week"),
                        ],
                        max_length=8,
                        verbose_name="how",
                    ),
                ),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
            ],
            options={
                "verbose_name": "event to be told",
                "verbose_name_plural": "events to be told",
                "ordering": ("event_id",),
            },
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["xact", "id"], name="event_in_order"),
        ),
        migrations.AddField(
            model_name="notice",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to=settings.AUTH_USER_MODEL,
                verbose_name="client",
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="notice_place_is_one"),
        ),
        migrations.AddField(
            model_name="preference",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notice_preferences",
                to=settings.AUTH_USER_MODEL,
                verbose_name="client",
            ),
        ),
        migrations.AddField(
            model_name="recipient",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notice_recipients",
                to=settings.AUTH_USER_MODEL,
                verbose_name="client",
            ),
        ),
        migrations.AddField(
            model_name="waiting",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="client",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("state", "queued")), fields=["due_at"], name="notice_waiting"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                fields=("owner", "group", "period", "recipient"), name="notice_once_a_period"
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.UniqueConstraint(fields=("owner", "group"), name="notice_preference_once"),
        ),
        migrations.AddConstraint(
            model_name="recipient",
            constraint=models.UniqueConstraint(fields=("owner", "email"), name="notice_recipient_once"),
        ),
        migrations.AddIndex(
            model_name="waiting",
            index=models.Index(fields=["mode", "recorded_at"], name="notice_waiting_mode"),
        ),
        migrations.AddIndex(
            model_name="waiting",
            index=models.Index(fields=["owner", "event_id"], name="notice_waiting_owner"),
        ),
        migrations.RunPython(begin_here, migrations.RunPython.noop),
    ]
