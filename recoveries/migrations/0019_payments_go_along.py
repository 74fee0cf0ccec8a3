from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0018_reversals")]

    operations = [
        migrations.AddField(
            "acompte",
            "moved_from",
            models.OneToOneField(
                editable=False,
                null=True,
                on_delete=models.SET_NULL,
                related_name="moved_to",
                to="recoveries.acompte",
                verbose_name="from",
            ),
        ),
    ]
