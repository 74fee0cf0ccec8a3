from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    """Looks for the same party in every account: by e-mail, phone and birthday."""

    dependencies = [("companies", "0004_quality")]

    operations = [
        migrations.AddIndex(
            model_name="company",
            index=models.Index(
                Upper("company_email"), condition=models.Q(company_email__isnull=False), name="company_by_email"
            ),
        ),
        migrations.AddIndex(
            model_name="company",
            index=models.Index(
                fields=["company_phone"], condition=models.Q(company_phone__isnull=False), name="company_by_phone"
            ),
        ),
        migrations.AddIndex(
            model_name="company",
            index=models.Index(
                fields=["company_legalrep_birthday"],
                condition=models.Q(company_legalrep_birthday__isnull=False),
                name="company_by_birthday",
            ),
        ),
    ]
