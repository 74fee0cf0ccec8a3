"""A document is told of once the request that brought it has ended well; those that are there are told of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0007_search_texts")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="is_told",
            field=models.BooleanField(db_default=True, default=True, editable=False, verbose_name="receipt told"),
        ),
    ]
