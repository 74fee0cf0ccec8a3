"""The owners of rows of before, in batches."""

from django.db import migrations

from legalcity.lib.owner_migrations import owners_filled

MODELS = ("comment", "deadlinealert", "holdchange", "injunction", "sentemail", "statuschange", "transferrequest")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("recoveries", "0045_owners_of_children_added")]

    operations = owners_filled("recoveries", *MODELS)
