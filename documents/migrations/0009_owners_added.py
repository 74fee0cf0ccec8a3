"""Documents say whose case they are of: the column, still empty."""

from django.conf import settings
from django.db import migrations

from legalcity.lib.owner_migrations import owners_added


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0008_receipt_told"),
        ("recoveries", "0044_lists_of_staff"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = owners_added("document")
