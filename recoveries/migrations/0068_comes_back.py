"""What comes back, what carriers have told, and the batches of letters that are posted by hand."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import legalcity.lib.claims


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0067_standard_scenario"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InboundHook",
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
                ("adapter", models.CharField(max_length=24, verbose_name="carrier")),
                ("provider_id", models.CharField(max_length=255, verbose_name="id at the carrier")),
                ("body", models.BinaryField(verbose_name="as it came")),
                ("received_at", models.DateTimeField(auto_now_add=True, db_index=True, verbose_name="received at")),
                ("read_at", models.DateTimeField(null=True, verbose_name="read at")),
                ("error", models.CharField(blank=True, max_length=255, verbose_name="error")),
            ],
            options={
                "verbose_name": "call of a carrier",
                "verbose_name_plural": "calls of carriers",
                "ordering": ("-received_at", "-id"),
                "indexes": [
                    models.Index(condition=models.Q(("read_at", None)), fields=["due_at"], name="hook_waiting")
                ],
                "constraints": [models.UniqueConstraint(fields=("adapter", "provider_id"), name="hook_once")],
            },
        ),
        migrations.CreateModel(
            name="PostBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("posting_day", models.DateField(verbose_name="posting day")),
                (
                    "state",
                    models.CharField(
                        choices=[("printed", "printed"), ("posted", "posted")],
                        default="printed",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="printed at")),
                ("posted_at", models.DateTimeField(null=True, verbose_name="posted at")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="printed by",
                    ),
                ),
                (
                    "posted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="posted by",
                    ),
                ),
            ],
            options={
                "verbose_name": "batch of letters",
                "verbose_name_plural": "batches of letters",
                "ordering": ("-id",),
                "permissions": [("confirm_posting", "Can print and post letters")],
            },
        ),
        migrations.CreateModel(
            name="InboundMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mail_id", models.CharField(editable=False, max_length=255, unique=True)),
                (
                    "sort",
                    models.CharField(
                        choices=[
                            ("bounce", "not delivered"),
                            ("delay", "delayed"),
                            ("automatic", "automatic answer"),
                            ("reply", "answer"),
                        ],
                        max_length=9,
                        verbose_name="kind",
                    ),
                ),
                ("sender", models.CharField(blank=True, max_length=254, verbose_name="sender")),
                ("subject", models.CharField(blank=True, max_length=255, verbose_name="subject")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("received_at", models.DateTimeField(auto_now_add=True, verbose_name="received at")),
                ("handled_at", models.DateTimeField(null=True, verbose_name="dealt with at")),
                (
                    "handled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="dealt with by",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="recoveries.message",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "mail received",
                "verbose_name_plural": "mails received",
                "ordering": ("-received_at", "-id"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("handled_at", None), ("message", None), ("sort", "reply")),
                        fields=["received_at"],
                        name="mail_of_strangers",
                    ),
                    models.Index(fields=["received_at"], name="mail_received"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PostItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "number",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=30, verbose_name="number of the receipt"
                    ),
                ),
                ("taken_out_at", models.DateTimeField(null=True, verbose_name="taken out at")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="recoveries.postbatch",
                        verbose_name="batch",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="post_items",
                        to="recoveries.message",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "letter of a batch",
                "verbose_name_plural": "letters of batches",
                "ordering": ("batch", "position"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_out_at", None)), fields=("message",), name="post_item_in_one_batch"
                    )
                ],
            },
        ),
    ]
