"""Comments, changes of status, e-mails, procedures and what belongs to them say whose case they are of: still empty."""

from django.conf import settings
from django.db import migrations

from legalcity.lib.owner_migrations import owners_added

MODELS = ("comment", "deadlinealert", "holdchange", "injunction", "sentemail", "statuschange", "transferrequest")


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0044_lists_of_staff"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = owners_added(*MODELS)
