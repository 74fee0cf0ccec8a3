from django.db import migrations, models
from django.db.models import Q

REASONS = [
    ("mistake", "entered by mistake"),
    ("rejected", "rejected by the bank"),
    ("unpaid", "returned unpaid"),
    ("refunded", "refunded"),
]
GIVEN = Q(("reason", ""), ("reverses", None)) | Q(("reverses__isnull", False), ~Q(("reason", "")))


def reversible(model: str) -> list:
    return [
        migrations.AddField(
            model,
            "reverses",
            models.OneToOneField(
                editable=False,
                null=True,
                on_delete=models.CASCADE,
                related_name="reversal",
                to=f"recoveries.{model}",
                verbose_name="reverses",
            ),
        ),
        migrations.AddField(
            model,
            "reason",
            models.CharField(
                blank=True, choices=REASONS, db_default="", default="", max_length=8, verbose_name="reason"
            ),
        ),
        migrations.AddConstraint(model, models.CheckConstraint(condition=GIVEN, name=f"{model}_reversed_for_a_reason")),
    ]


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0017_deadlines_of_cases")]

    operations = [*reversible("acompte"), *reversible("dette")]
