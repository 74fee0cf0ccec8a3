"""The list and the detail of cases as a textbook of the framework writes them: what the product is compared with."""

from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.db.models import QuerySet  # noqa: E402 - the models exist after the set-up
from django.urls import include, path  # noqa: E402
from rest_framework import serializers, viewsets  # noqa: E402
from rest_framework.routers import SimpleRouter  # noqa: E402

from accounts.models import User  # noqa: E402
from companies.models import Company  # noqa: E402
from invoicing.models import Invoice  # noqa: E402
from recoveries.models import Comment, Recovery, Status, StatusChange  # noqa: E402


def _serializer(of: type, *names: str) -> type[serializers.ModelSerializer]:
    meta = type("Meta", (), {"model": of, "fields": names or "__all__"})
    return type(f"{of.__name__}Serializer", (serializers.ModelSerializer,), {"Meta": meta})


PersonSerializer = _serializer(User, "id", "first_name", "last_name")
StatusSerializer = _serializer(Status, "id", "name", "description")
CompanySerializer = _serializer(Company)


class CaseSerializer(serializers.ModelSerializer):
    """A row of the list: the fields that ours has, no party nested."""

    user = PersonSerializer()
    status = StatusSerializer()
    recovery_last_status = serializers.IntegerField(source="status_id")
    due = serializers.DecimalField(source="balance.due", max_digits=20, decimal_places=2)

    class Meta:
        model = Recovery
        fields = (
            "id", "recovery_reference", "debtor_name", "debtor_company", "customer_company", "amount",
            "amount_torecover", "recovery_last_status", "recovery_due_date", "created_at", "updated_at", "status",
            "user", "invoices_count", "comments_count", "due", "external_id",
        )  # fmt: skip


class CaseDetailSerializer(serializers.ModelSerializer):
    """A case with its relations and children nested."""

    user = PersonSerializer()
    status = StatusSerializer()
    customer = CompanySerializer()
    debtor = CompanySerializer()
    invoices = _serializer(Invoice)(many=True)
    comments = _serializer(Comment)(many=True)
    status_history = _serializer(StatusChange)(many=True)

    class Meta:
        model = Recovery
        fields = "__all__"


class CaseViewSet(viewsets.ReadOnlyModelViewSet):
    """The caller's cases."""

    ordering_fields = ("created_at", "debtor_name")
    ordering = ("-created_at", "-id")

    def get_serializer_class(self) -> Any:
        """Nested children in the detail only."""
        return CaseSerializer if self.action == "list" else CaseDetailSerializer

    def get_queryset(self) -> QuerySet[Recovery]:
        """With what the serializers need."""
        cases = Recovery.objects.filter(owner=self.request.user)
        if self.action == "list":
            return cases.select_related("user", "status", "balance")
        cases = cases.select_related("user", "status", "customer", "debtor")
        return cases.prefetch_related("invoices", "comments", "status_history")


assert settings.ROOT_URLCONF == "textbook"
router = SimpleRouter(trailing_slash=False)
router.register("recoveries", CaseViewSet, basename="cases")
urlpatterns = [path("api/", include(router.urls))]
