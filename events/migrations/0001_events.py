"""What happened: two tables that are written once, and the key of the ids that outsiders see."""

import secrets
from typing import Any

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import legalcity.lib.sealing
from legalcity.lib.append_only import AppendOnly

KEY_BYTES = 32


def make_key(apps: Any, schema_editor: Any) -> None:
    apps.get_model("events", "IdKey").objects.create(id=1, key=secrets.token_hex(KEY_BYTES))


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('xact', models.BigIntegerField(editable=False, verbose_name='transaction')),
                ('type', models.CharField(max_length=60, verbose_name='type')),
                ('object_type', models.CharField(max_length=40, verbose_name='kind of thing')),
                ('object_id', models.CharField(max_length=64, verbose_name='thing (id)')),
                ('recovery_id', models.BigIntegerField(null=True, verbose_name='case (id)')),
                ('audience', models.PositiveSmallIntegerField(verbose_name='seen by')),
                ('data', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='what is told')),
                ('actor_id', models.BigIntegerField(null=True, verbose_name='person (id)')),
                ('door', models.CharField(choices=[('backoffice', 'back-office'), ('api', 'API'), ('worker', 'worker'), ('command', 'command line')], max_length=12, verbose_name='door')),
                ('request_id', models.CharField(blank=True, max_length=64, verbose_name='request')),
                ('idempotency_key', models.CharField(blank=True, max_length=64, verbose_name='hash of the idempotency key')),
                ('effective_at', models.DateTimeField(verbose_name='true since')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('fanned_out_at', models.DateTimeField(null=True, verbose_name='handed on at')),
                ('owner', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='client')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='change', serialize=False, to='events.event', verbose_name='event')),
                ('changes', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='before and after')),
            ],
            options={
                'verbose_name': 'change',
                'verbose_name_plural': 'changes',
            },
        ),
        migrations.CreateModel(
            name='IdKey',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('key', legalcity.lib.sealing.SealedField(editable=False)),
            ],
            options={
                'verbose_name': 'key of event ids',
                'verbose_name_plural': 'keys of event ids',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='event_id_key_is_one')],
            },
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['owner', 'xact', 'id'], name='event_feed'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['recovery_id', 'id'], name='event_of_case'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('fanned_out_at', None)), fields=['id'], name='event_not_fanned_out'),
        ),
        AppendOnly("Event", may_set=["fanned_out_at"]),
        AppendOnly("Change"),
        migrations.RunPython(make_key, migrations.RunPython.noop),
    ]
