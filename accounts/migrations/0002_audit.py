import django.core.serializers.json
from django.db import migrations, models

import legalcity.lib.clock
from legalcity.lib.migrations import SqlOf

REFUSAL = "the audit is append-only"
POSTGRESQL = f"""
    CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$;
    CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON accounts_auditevent
        FOR EACH ROW EXECUTE FUNCTION audit_refuse();
"""
SQLITE = "".join(
    f"""
    CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON accounts_auditevent
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END;
    """
    for verb in ("UPDATE", "DELETE")
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_users_keys_tokens")]

    operations = [
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True, default=legalcity.lib.clock.now, verbose_name="when")),
                ("action", models.CharField(max_length=100, verbose_name="action")),
                ("succeeded", models.BooleanField(default=True, verbose_name="carried out")),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("backoffice", "back-office"),
                            ("api", "API"),
                            ("worker", "worker"),
                            ("command", "command line"),
                        ],
                        max_length=12,
                        verbose_name="door",
                    ),
                ),
                ("actor_id", models.BigIntegerField(null=True, verbose_name="person (id)")),
                ("actor_email", models.CharField(blank=True, max_length=254, verbose_name="person")),
                ("address", models.CharField(blank=True, max_length=64, verbose_name="address")),
                ("request_id", models.CharField(blank=True, max_length=64, verbose_name="request")),
                ("object_type", models.CharField(blank=True, max_length=100, verbose_name="kind of thing")),
                ("object_id", models.CharField(blank=True, max_length=64, verbose_name="thing (id)")),
                ("object_label", models.CharField(blank=True, max_length=255, verbose_name="thing")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "before",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, null=True, verbose_name="before"
                    ),
                ),
                (
                    "after",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, null=True, verbose_name="after"
                    ),
                ),
                (
                    "details",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="details"
                    ),
                ),
                ("once_key", models.CharField(editable=False, max_length=200, null=True, unique=True)),
            ],
            options={
                "verbose_name": "audit event",
                "verbose_name_plural": "audit events",
                "ordering": ("-at", "-id"),
                "indexes": [
                    models.Index(fields=["object_type", "object_id", "-at"], name="audit_object"),
                    models.Index(fields=["actor_id", "-at"], name="audit_actor"),
                ],
            },
        ),
        SqlOf(
            "postgresql",
            POSTGRESQL,
            "DROP TRIGGER audit_append_only ON accounts_auditevent; DROP FUNCTION audit_refuse()",
        ),
        SqlOf("sqlite", SQLITE, "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete"),
    ]
