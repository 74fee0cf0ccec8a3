"""A column that a thing is found by: kept from other columns, whoever saves the row."""

from typing import Any

from django.db import models

from legalcity.lib.text import searchable


class SearchText(models.TextField):
    """The texts of the columns `sources`, folded. Written with the row; `QuerySet.update` does not know it."""

    def __init__(self, *sources: str, **options: Any) -> None:
        self.sources = sources
        super().__init__(**{"default": "", "db_default": "", "blank": True, "editable": False, **options})

    def deconstruct(self) -> Any:
        """With the names of the columns."""
        name, path, args, options = super().deconstruct()
        return name, path, [*self.sources, *args], options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Folded anew."""
        text = searchable(*(getattr(model_instance, name) for name in self.sources))
        setattr(model_instance, self.attname, text)
        return text
