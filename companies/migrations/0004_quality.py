import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

QUALITIES = [("professional", "professional"), ("consumer", "consumer"), ("unknown", "not confirmed")]


class Migration(migrations.Migration):
    dependencies = [("companies", "0003_search_text"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField(
            model_name="company",
            name="acts_as",
            field=models.CharField(
                choices=QUALITIES,
                db_default="unknown",
                default="unknown",
                editable=False,
                max_length=12,
                verbose_name="acts as",
            ),
        ),
        migrations.AddField(
            model_name="company",
            name="acts_as_confirmed_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="quality confirmed by",
            ),
        ),
        migrations.AddField(
            model_name="company",
            name="acts_as_confirmed_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="quality confirmed at"),
        ),
        migrations.AddConstraint(
            model_name="company",
            constraint=models.CheckConstraint(
                condition=Q(("acts_as", "unknown"), ("acts_as_confirmed_at", None))
                | Q(~Q(("acts_as", "unknown")), ("acts_as_confirmed_at__isnull", False)),
                name="company_quality_is_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="company",
            constraint=models.CheckConstraint(
                condition=Q(("acts_as", "unknown")) | ~Q(("company_type__in", ("particular", "commercial"))),
                name="company_quality_open_by_type",
            ),
        ),
    ]
