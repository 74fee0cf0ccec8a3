from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0001_companies"),
    ]

    operations = [
        migrations.AddField(
            model_name="company",
            name="reference",
            field=models.CharField(
                blank=True, editable=False, max_length=20, null=True, unique=True, verbose_name="reference"
            ),
        ),
    ]
