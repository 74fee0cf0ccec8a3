"""A column that a thing is found by: kept from other columns, whoever saves the row."""

from collections.abc import Sequence
from typing import Any

from django.db import models

from legalcity.lib.reading.phones import phone_key
from legalcity.lib.text import searchable


class SearchText(models.TextField):
    """The texts of the columns `sources`, folded. Written with the row; `QuerySet.update` does not know it.

    The columns `phones` hold phone numbers, which are found in any spelling besides.
    """

    def __init__(self, *sources: str, phones: Sequence[str] = (), **options: Any) -> None:
        self.sources, self.phones = sources, tuple(phones)
        super().__init__(**{"default": "", "db_default": "", "blank": True, "editable": False, **options})

    def deconstruct(self) -> Any:
        """With the names of the columns."""
        name, path, args, options = super().deconstruct()
        if self.phones:
            options["phones"] = self.phones
        return name, path, [*self.sources, *args], options

    @property
    def columns(self) -> tuple[str, ...]:
        """All that is read."""
        return (*self.sources, *self.phones)

    def text_of(self, row: models.Model) -> str:
        """What a row is found by."""
        keys = (phone_key(number) for name in self.phones if (number := getattr(row, name)))
        return searchable(*(getattr(row, name) for name in self.sources), *keys)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Folded anew."""
        text = self.text_of(model_instance)
        setattr(model_instance, self.attname, text)
        return text
