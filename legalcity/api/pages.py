"""The pages of the API's reference."""

from django.views import View


class ReferenceView(View):
    """The reference, for reading."""


class SchemaView(View):
    """The OpenAPI document."""


class CollectionView(View):
    """The Postman collection."""
