"""What `manage.py check` says of the surroundings of invoices."""

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from invoicing.billing.libraries import pdf_problem_at_start


@register()
def pango_installed(**_: Any) -> list[CheckMessage]:
    """PDF invoices need Pango; everything else works without it."""
    problem = pdf_problem_at_start()
    return [Warning(problem, id="invoicing.W001")] if problem else []
