import django.db.models.deletion
import documents.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("invoicing", "0001_invoices"),
        ("recoveries", "0003_first_statuses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FileType",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("type", models.CharField(max_length=100, verbose_name="type")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                ("description", models.CharField(blank=True, max_length=255, verbose_name="description")),
            ],
            options={
                "verbose_name": "file type",
                "verbose_name_plural": "file types",
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(editable=False, max_length=100, unique=True, verbose_name="name in the storage"),
                ),
                ("filename", models.CharField(max_length=255, verbose_name="file name")),
                ("mime", models.CharField(max_length=127, verbose_name="content type")),
                ("size", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                ("sha256", models.CharField(db_index=True, max_length=64, verbose_name="SHA-256")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
            ],
            options={
                "verbose_name": "stored file",
                "verbose_name_plural": "stored files",
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("visible_to_user", models.BooleanField(default=True, verbose_name="visible to the client")),
                ("visible_to_debtor", models.BooleanField(default=False, verbose_name="visible to the debtor")),
                ("visible_to_bailiff", models.BooleanField(default=False, verbose_name="visible to the bailiff")),
                (
                    "visible_to_oip",
                    models.BooleanField(default=False, verbose_name="visible in the order procedure (OIP)"),
                ),
                ("is_signed", models.BooleanField(default=False, verbose_name="signed")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "waiting"),
                            ("fetching", "being fetched"),
                            ("scanning", "being scanned"),
                            ("ready", "ready"),
                            ("rejected", "rejected"),
                            ("failed", "failed"),
                        ],
                        default="pending",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("state_since", models.DateTimeField(auto_now_add=True, verbose_name="in this state since")),
                ("reason", models.CharField(blank=True, max_length=255, verbose_name="reason")),
                (
                    "scan",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for the scanner"),
                            ("clean", "nothing found"),
                            ("found", "malware found"),
                            ("not_scanned", "not scanned (no scanner is set up)"),
                        ],
                        default="waiting",
                        max_length=11,
                        verbose_name="scan",
                    ),
                ),
                ("scanned_at", models.DateTimeField(null=True, verbose_name="scanned at")),
                ("source_url", models.TextField(blank=True, verbose_name="fetched from")),
                (
                    "key",
                    models.CharField(default=documents.models.new_key, editable=False, max_length=100, unique=True),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("claimed_until", models.DateTimeField(editable=False, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="documents",
                        to="invoicing.invoice",
                        verbose_name="invoice",
                    ),
                ),
                (
                    "recovery",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="recoveries.recovery",
                        verbose_name="case",
                    ),
                ),
                (
                    "file_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.filetype",
                        verbose_name="type",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="documents.storedfile",
                        verbose_name="file",
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="SignatureRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("signer_name", models.CharField(max_length=255, verbose_name="signer")),
                ("signer_email", models.EmailField(max_length=254, verbose_name="signer's e-mail")),
                (
                    "state",
                    models.CharField(
                        choices=[("pending", "waiting"), ("signed", "signed"), ("declined", "declined")],
                        default="pending",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("requested_at", models.DateTimeField(auto_now_add=True, verbose_name="requested at")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                (
                    "provider_reference",
                    models.CharField(blank=True, max_length=255, verbose_name="provider's reference"),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signature_requests",
                        to="documents.document",
                        verbose_name="document",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="requested by",
                    ),
                ),
            ],
            options={
                "verbose_name": "signature request",
                "verbose_name_plural": "signature requests",
                "ordering": ("requested_at", "id"),
            },
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["recovery", "created_at", "id"], name="document_of_case"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("state__in", ("pending", "fetching", "scanning"))),
                fields=["claimed_until"],
                name="document_on_its_way",
            ),
        ),
    ]
