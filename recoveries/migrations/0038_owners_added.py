"""Payments, debts, notices, acknowledgements and balances say whose case they are of: the column, still empty."""

from django.conf import settings
from django.db import migrations, models

MODELS = ("acknowledgement", "acompte", "casebalance", "dette", "formalnotice")


def _owner() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        editable=False,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name="client",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0037_notices_to_recipients"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.AddField(name, "owner", _owner()) for name in MODELS]
