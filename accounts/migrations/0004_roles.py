from django.db import migrations

# Their permissions follow after each migrate: backoffice/roles.py.
GROUPS = ("handler", "manager", "accountant", "auditor")


def make_groups(apps, schema_editor):
    for name in GROUPS:
        apps.get_model("auth", "Group").objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_staff"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
