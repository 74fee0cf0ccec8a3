"""What a scenario returns to once a dispute or a plan is over: the pause of a person that was there before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0069_sorts_of_staff")]

    operations = [
        migrations.AddField("enrolment", "former", models.JSONField(editable=False, null=True)),
    ]
