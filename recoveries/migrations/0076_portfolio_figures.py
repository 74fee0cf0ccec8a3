"""Figures of the portfolio that are taken in the night (`desk/figures.py`)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0075_sort_by_status")]

    operations = [
        migrations.CreateModel(
            name="PortfolioFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_at", models.DateTimeField(verbose_name="taken at")),
                ("month", models.DateField(verbose_name="month")),
                ("client", models.BigIntegerField(verbose_name="client")),
                ("handler", models.BigIntegerField(null=True, verbose_name="handler")),
                ("status_id", models.SmallIntegerField(verbose_name="status")),
                ("lives", models.BooleanField()),
                ("band_filed", models.SmallIntegerField()),
                ("band_now", models.SmallIntegerField()),
                ("cases", models.IntegerField(verbose_name="cases")),
                ("claimed", models.DecimalField(decimal_places=2, max_digits=20, verbose_name="claimed")),
                ("recovered", models.DecimalField(decimal_places=2, max_digits=20, verbose_name="recovered")),
                ("owed", models.DecimalField(decimal_places=2, max_digits=20, verbose_name="owed")),
            ],
            options={
                "verbose_name": "figure of the portfolio",
                "verbose_name_plural": "figures of the portfolio",
            },
        ),
    ]
