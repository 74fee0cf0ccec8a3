"""A step whose letter nobody has posted yet has a result of its own, and its case waits for the posting."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0070_former_pause")]

    operations = [
        migrations.AlterField(
            "steprun",
            "state",
            models.CharField(
                choices=[
                    ("sent", "message made"),
                    ("held", "message held"),
                    ("to_post", "letter to be posted"),
                    ("task", "task for a person"),
                    ("skipped", "passed over"),
                    ("stopped", "scenario stopped"),
                ],
                max_length=7,
                verbose_name="result",
            ),
        ),
    ]
