"""No document without the owner of its case, which one key holds."""

from django.db import migrations

from legalcity.lib.owner_migrations import key_of_case_dropped, owners_held


class Migration(migrations.Migration):
    dependencies = [("documents", "0010_owners_filled")]

    operations = [*owners_held("document"), key_of_case_dropped("documents_document")]
