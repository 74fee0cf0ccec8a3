"""A case that staff open by hand: the form, its pages; read by the serializer of the API, opened by its service."""
