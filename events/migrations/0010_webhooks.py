"""Where events are sent, what is to arrive there, each try: bodies and tries are written once."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import events.webhooks.models
import legalcity.lib.claims
import legalcity.lib.clock
import legalcity.lib.sealing
from legalcity.lib.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0002_reading_events"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Body",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="events.event",
                    ),
                ),
                ("content", models.BinaryField()),
            ],
            options={
                "verbose_name": "body of a webhook",
                "verbose_name_plural": "bodies of webhooks",
            },
        ),
        migrations.CreateModel(
            name="Delivery",
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
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("delivered", "delivered"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("is_replay", models.BooleanField(default=False, verbose_name="sent again")),
                ("created_at", models.DateTimeField(default=legalcity.lib.clock.now, verbose_name="created at")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="events.event",
                        verbose_name="event",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="status")),
                ("reason", models.CharField(blank=True, max_length=40, verbose_name="why there is no answer")),
                ("ms", models.PositiveIntegerField(verbose_name="milliseconds")),
                ("response_head", models.TextField(blank=True, verbose_name="beginning of the answer")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tries",
                        to="events.delivery",
                        verbose_name="delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "try",
                "verbose_name_plural": "tries",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("url", models.CharField(max_length=2000, verbose_name="address")),
                ("description", models.CharField(blank=True, max_length=255, null=True, verbose_name="description")),
                ("types", models.JSONField(default=list, verbose_name="kinds of events")),
                (
                    "state",
                    models.CharField(
                        choices=[("enabled", "enabled"), ("disabled", "disabled")],
                        default="enabled",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("secret", legalcity.lib.sealing.SealedField(editable=False, verbose_name="secret")),
                (
                    "previous_secret",
                    legalcity.lib.sealing.SealedField(editable=False, null=True, verbose_name="previous secret"),
                ),
                (
                    "previous_until",
                    models.DateTimeField(editable=False, null=True, verbose_name="previous secret valid until"),
                ),
                (
                    "sign_with_auth_secret",
                    models.BooleanField(default=True, verbose_name="signed with the account's secret too"),
                ),
                (
                    "api_version",
                    models.CharField(default="2.0", editable=False, max_length=8, verbose_name="version of the API"),
                ),
                (
                    "listens_since",
                    models.DateTimeField(default=legalcity.lib.clock.now, verbose_name="told what happens since"),
                ),
                ("failing_since", models.DateTimeField(null=True, verbose_name="every try has failed since")),
                ("paced_until", models.DateTimeField(default=events.webhooks.models.unpaced, editable=False)),
                ("disabled_at", models.DateTimeField(null=True, verbose_name="disabled at")),
                (
                    "disabled_reason",
                    models.CharField(
                        choices=[
                            ("owner", "by its owner"),
                            ("staff", "by staff"),
                            ("gone", "it answered that it is gone (410)"),
                            ("failing", "every try failed for five days"),
                        ],
                        max_length=8,
                        null=True,
                        verbose_name="disabled why",
                    ),
                ),
                ("tell_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(default=legalcity.lib.clock.now, verbose_name="created at")),
                ("deleted_at", models.DateTimeField(null=True, verbose_name="removed at")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="client",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook endpoint",
                "verbose_name_plural": "webhook endpoints",
                "ordering": ("created_at", "id"),
                "permissions": [("manage_endpoints", "Can disable and enable endpoints, and send deliveries again")],
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="endpoint",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="events.endpoint",
                verbose_name="endpoint",
            ),
        ),
        migrations.AddIndex(
            model_name="endpoint",
            index=models.Index(
                condition=models.Q(("tell_at__isnull", False)), fields=["tell_at"], name="endpoint_to_tell"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["endpoint", "-id"], name="delivery_list"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["endpoint", "ended_at"], name="delivery_ended"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["due_at"], name="delivery_due"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["endpoint", "due_at"], name="delivery_due_there"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("claimed_until__isnull", False), ("state", "waiting")),
                fields=["endpoint", "claimed_until"],
                name="delivery_in_flight",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_replay", False)), fields=("endpoint", "event"), name="delivery_of_event_once"
            ),
        ),
        AppendOnly("Body"),
        AppendOnly("Attempt"),
    ]
