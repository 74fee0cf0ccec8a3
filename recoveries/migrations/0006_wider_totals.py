from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recoveries", "0005_life_cycle_and_fees"),
    ]

    operations = [
        migrations.AlterField(
            model_name="recovery",
            name="amount",
            field=models.DecimalField(decimal_places=2, default=0, max_digits=20, verbose_name="amount"),
        ),
        migrations.AlterField(
            model_name="recovery",
            name="amount_torecover",
            field=models.DecimalField(decimal_places=2, default=0, max_digits=20, verbose_name="to recover"),
        ),
    ]
