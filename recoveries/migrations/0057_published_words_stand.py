"""Words that were published are never changed."""

from django.db import migrations

from legalcity.lib.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0056_first_templates")]

    operations = [
        AppendOnly("TemplateVersion", may_set=("state", "retired_at", "updated_at", "author"), since="published_at")
    ]
