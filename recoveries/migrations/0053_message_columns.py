"""What a message is for, which way it goes, what it costs, which papers left, and what became of it."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from legalcity.lib.append_only import AppendOnly

PURPOSES = """
    UPDATE recoveries_message SET purpose = CASE kind WHEN 'mise_en_demeure' THEN 'formal_notice' ELSE 'receipt' END
    WHERE kind IN ('mise_en_demeure', 'quittance', 'quittance_rectifiee')
"""
WAYS = "UPDATE recoveries_message SET channel = 'letter' WHERE recipient = ''"


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0011_owners_held"),
        ("recoveries", "0052_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="message",
            options={
                "ordering": ("-created_at", "-id"),
                "permissions": [
                    ("send_email", "Can send e-mails to debtors"),
                    ("lift_email", "Can lift what holds an e-mail to a debtor"),
                    ("enter_party_fact", "Can enter what is known of a debtor as a person"),
                ],
                "verbose_name": "message to a debtor",
                "verbose_name_plural": "messages to debtors",
            },
        ),
        migrations.AddField(
            model_name="message",
            name="address",
            field=models.TextField(blank=True, db_default="", default="", verbose_name="postal address"),
        ),
        migrations.AddField(
            model_name="message",
            name="channel",
            field=models.CharField(
                choices=[
                    ("email", "e-mail"),
                    ("letter", "letter by post"),
                    ("registered", "registered letter"),
                    ("electronic_registered", "electronic registered letter"),
                    ("sms", "text message"),
                ],
                db_default="email",
                default="email",
                max_length=21,
                verbose_name="channel",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="client_token",
            field=models.UUIDField(editable=False, null=True, verbose_name="token"),
        ),
        migrations.AlterField(  # A default of Django's would give every row of before the same one.
            model_name="message",
            name="client_token",
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True, unique=True, verbose_name="token"),
        ),
        migrations.AddField(
            model_name="message",
            name="cost",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name="cost, EUR"),
        ),
        migrations.AddField(
            model_name="message",
            name="decompte",
            field=models.JSONField(null=True, verbose_name="account"),
        ),
        migrations.AddField(
            model_name="message",
            name="decompte_sha256",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="message",
            name="header_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=255, verbose_name="Message-ID"),
        ),
        migrations.AddField(
            model_name="message",
            name="language",
            field=models.CharField(db_default="fr", default="fr", max_length=2, verbose_name="language"),
        ),
        migrations.AddField(
            model_name="message",
            name="pdf",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.storedfile",
                verbose_name="letter",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="provider",
            field=models.CharField(blank=True, db_default="", default="", max_length=24, verbose_name="carried by"),
        ),
        migrations.AddField(
            model_name="message",
            name="provider_ref",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=100, verbose_name="carrier's reference"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="purpose",
            field=models.CharField(
                db_default="reminder",
                default="reminder",
                max_length=20,
                verbose_name="purpose",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[
                    ("relance_1", "Relance 1"),
                    ("relance_2", "Relance 2"),
                    ("mise_en_demeure", "Mise en demeure"),
                    ("quittance", "Quittance"),
                    ("quittance_rectifiee", "Rectificatif de quittance"),
                ],
                max_length=40,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="recipient",
            field=models.CharField(blank=True, max_length=254, verbose_name="recipient"),
        ),
        migrations.AlterField(
            model_name="message",
            name="state",
            field=models.CharField(
                choices=[
                    ("planned", "planned"),
                    ("held", "kept back"),
                    ("queued", "queued"),
                    ("sending", "being sent"),
                    ("to_post", "to be sent by post"),
                    ("sent", "sent"),
                    ("delivered", "delivered"),
                    ("opened", "opened"),
                    ("bounced", "bounced"),
                    ("returned", "returned to the sender"),
                    ("refused", "refused by the debtor"),
                    ("unclaimed", "not fetched"),
                    ("expired", "expired"),
                    ("failed", "failed"),
                    ("cancelled", "cancelled"),
                ],
                default="queued",
                max_length=9,
                verbose_name="state",
            ),
        ),
        migrations.CreateModel(
            name="MessageFact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("deposited", "handed to the carrier"),
                            ("sent", "sent"),
                            ("delayed", "delayed"),
                            ("presented", "first presented"),
                            ("delivered", "delivered"),
                            ("opened", "opened"),
                            ("bounced", "bounced"),
                            ("returned", "returned to the sender"),
                            ("refused", "refused by the debtor"),
                            ("unclaimed", "not fetched"),
                            ("expired", "expired"),
                            ("replied", "answered by the debtor"),
                            ("failed", "failed"),
                        ],
                        max_length=9,
                        verbose_name="what happened",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("smtp", "mail server"),
                            ("provider", "carrier"),
                            ("staff", "staff"),
                            ("system", "the system"),
                        ],
                        max_length=8,
                        verbose_name="told by",
                    ),
                ),
                ("provider_id", models.CharField(max_length=255, null=True, verbose_name="id at the source")),
                (
                    "payload_sha256",
                    models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
                ),
                ("note", models.CharField(blank=True, db_default="", default="", max_length=500, verbose_name="note")),
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
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="facts",
                        to="recoveries.message",
                        verbose_name="message",
                    ),
                ),
                (
                    "proof",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.storedfile",
                        verbose_name="proof",
                    ),
                ),
            ],
            options={
                "verbose_name": "fact about a message",
                "verbose_name_plural": "facts about messages",
                "ordering": ("at", "id"),
                "constraints": [models.UniqueConstraint(fields=("source", "provider_id"), name="message_fact_once")],
            },
        ),
        AppendOnly("MessageFact", may_set=["by"]),
        migrations.RunSQL(PURPOSES, migrations.RunSQL.noop),
        migrations.RunSQL(WAYS, migrations.RunSQL.noop),
    ]
