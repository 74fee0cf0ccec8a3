"""Formal notices get rows of their own.

Each case whose formal notice really went out by e-mail gets one: sent on the day on which the mail server took the
first one, and never received, since nobody knows. A case that went to court meanwhile has it in court too.
"""

from typing import Any
from zoneinfo import ZoneInfo

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PARIS = ZoneInfo("Europe/Paris")
BATCH = 500


def enter_sent(apps: Any, schema_editor: Any) -> None:
    """One row a case, batch by batch of the e-mails."""
    alias = schema_editor.connection.alias
    emails = apps.get_model("recoveries", "SentEmail")._base_manager.using(alias)
    notices = apps.get_model("recoveries", "FormalNotice")._base_manager.using(alias)
    sent = emails.filter(kind="mise_en_demeure", state="sent", sent_at__isnull=False)
    earlier = sent.filter(recovery=models.OuterRef("recovery")).order_by("sent_at", "pk")
    first = sent.filter(pk=models.Subquery(earlier.values("pk")[:1])).order_by("pk")
    last = 0
    while batch := list(first.filter(pk__gt=last).select_related("recovery")[:BATCH]):
        last = batch[-1].pk
        rows = []
        for email in batch:
            cases = [email.recovery_id, email.recovery.transferred_to_id]
            values = {"amount": email.total, "sent_on": email.sent_at.astimezone(PARIS).date(), "by_id": email.user_id}
            rows += [notices.model(recovery_id=case, channel="email", state="sent", **values) for case in cases if case]
        notices.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0006_documents_fetched_once"),
        ("recoveries", "0028_granted_by_head"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FormalNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=20, null=True, verbose_name="amount demanded, EUR"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "e-mail"),
                            ("registered", "registered letter"),
                            ("bailiff", "commissaire de justice"),
                            ("hand", "handed over against a signature"),
                            ("creditor", "by the creditor, before the case came"),
                        ],
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                ("sent_on", models.DateField(blank=True, null=True, verbose_name="sent on")),
                ("presented_on", models.DateField(blank=True, null=True, verbose_name="first presented on")),
                ("received_on", models.DateField(blank=True, null=True, verbose_name="received on")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("sent", "sent"),
                            ("presented", "presented"),
                            ("received", "received"),
                            ("unclaimed", "not fetched"),
                            ("refused", "refused"),
                            ("failed", "failed"),
                        ],
                        default="planned",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="recorded at")),
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
                    "proof",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="documents.document",
                        verbose_name="proof",
                    ),
                ),
                (
                    "recovery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="formal_notices",
                        to="recoveries.recovery",
                        verbose_name="case",
                    ),
                ),
            ],
            options={
                "verbose_name": "formal notice",
                "verbose_name_plural": "formal notices",
                "ordering": ("sent_on", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sent_on", None),
                            ("presented_on", None),
                            ("presented_on__gte", models.F("sent_on")),
                            _connector="OR",
                        ),
                        name="notice_presented_after_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("received_on", None),
                            models.Q(
                                models.Q(("sent_on", None), ("received_on__gte", models.F("sent_on")), _connector="OR"),
                                models.Q(
                                    ("presented_on", None),
                                    ("received_on__gte", models.F("presented_on")),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="notice_received_last",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("received_on__isnull", False), ("state", "received")),
                            models.Q(models.Q(("state", "received"), _negated=True), ("received_on", None)),
                            _connector="OR",
                        ),
                        name="notice_received_on_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("presented", "unclaimed", "refused")), _negated=True),
                            ("presented_on__isnull", False),
                            _connector="OR",
                        ),
                        name="notice_presented_on_a_day",
                    ),
                ],
            },
        ),
        migrations.RunPython(enter_sent, migrations.RunPython.noop),
    ]
