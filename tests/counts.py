"""How many cases an account has, of cases that were written past the services."""

from django.db.models import Count

from recoveries.models import CaseCount, Recovery


def case_counts_rebuild() -> None:
    """Count every case anew."""
    CaseCount.objects.all().delete()
    rows = Recovery.objects.order_by().values("owner_id", "status_id").annotate(cases=Count("pk"))
    CaseCount.objects.bulk_create(
        CaseCount(owner_id=row["owner_id"], status_id=row["status_id"], n=row["cases"]) for row in rows
    )
