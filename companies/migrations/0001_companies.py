import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "company_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("particular", "private person"),
                            ("commercial", "commercial company"),
                            ("freelance", "sole trader or artisan"),
                            ("liberal", "liberal profession"),
                            ("civil", "civil company"),
                            ("association", "association"),
                        ],
                        max_length=20,
                        null=True,
                        verbose_name="type",
                    ),
                ),
                (
                    "company_legal_form",
                    models.CharField(blank=True, max_length=50, null=True, verbose_name="legal form"),
                ),
                ("company_siren", models.CharField(blank=True, max_length=9, null=True, verbose_name="SIREN")),
                ("company_name", models.CharField(blank=True, max_length=255, null=True, verbose_name="name")),
                (
                    "company_legalrep_gender",
                    models.CharField(
                        blank=True,
                        choices=[("M", "M."), ("Mme", "Mme")],
                        max_length=3,
                        null=True,
                        verbose_name="representative's title",
                    ),
                ),
                (
                    "company_legalrep_firstname",
                    models.CharField(max_length=255, verbose_name="representative's first name"),
                ),
                (
                    "company_legalrep_lastname",
                    models.CharField(max_length=255, verbose_name="representative's last name"),
                ),
                (
                    "company_legalrep_quality",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "Président"),
                            (2, "Directeur général"),
                            (3, "Gérant"),
                            (4, "Co-gérant"),
                            (5, "Autre"),
                        ],
                        null=True,
                        verbose_name="representative's quality",
                    ),
                ),
                (
                    "company_legalrep_quality_other",
                    models.CharField(blank=True, max_length=255, null=True, verbose_name="other quality"),
                ),
                ("company_legalrep_birthday", models.DateField(blank=True, null=True, verbose_name="birthday")),
                (
                    "company_legalrep_birthday_city",
                    models.CharField(blank=True, max_length=255, null=True, verbose_name="city of birth"),
                ),
                (
                    "company_legalrep_nationality",
                    models.CharField(blank=True, max_length=255, null=True, verbose_name="nationality"),
                ),
                (
                    "company_legalrep_profession",
                    models.CharField(blank=True, max_length=255, null=True, verbose_name="profession"),
                ),
                (
                    "company_freelance_type",
                    models.CharField(
                        blank=True,
                        choices=[("trader", "trader"), ("artisan", "artisan")],
                        max_length=10,
                        null=True,
                        verbose_name="kind of sole trader",
                    ),
                ),
                ("company_address", models.CharField(blank=True, max_length=255, null=True, verbose_name="address")),
                ("company_city", models.CharField(blank=True, max_length=255, null=True, verbose_name="city")),
                ("company_postal", models.CharField(blank=True, max_length=20, null=True, verbose_name="postal code")),
                ("company_country", models.CharField(blank=True, max_length=255, null=True, verbose_name="country")),
                (
                    "company_state",
                    models.CharField(blank=True, max_length=255, null=True, verbose_name="state or region"),
                ),
                ("company_email", models.EmailField(blank=True, max_length=254, null=True, verbose_name="e-mail")),
                ("company_phone", models.CharField(blank=True, max_length=32, null=True, verbose_name="phone")),
                ("company_activity", models.CharField(blank=True, max_length=255, null=True, verbose_name="activity")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "company",
                "verbose_name_plural": "companies",
                "ordering": ("-id",),
                "indexes": [models.Index(fields=["company_siren"], name="company_siren")],
            },
        ),
    ]
