"""Rows of many ids or texts, as one value of the statement: Django's `__in` has one for each, to be checked and bound.

A statement has 65,535 values at most.
"""

import json
from collections.abc import Collection
from typing import Any

from django.db.models import BooleanField, Expression, F, Func, Value


class Among(Func):
    """A condition: the column is one of these ids, of which there may be none. `filter(Among("recovery_id", ids))`."""

    output_field = BooleanField()

    def __init__(self, column: str, ids: Collection[int]) -> None:
        super().__init__(F(column), Value(",".join(map(str, ids))))

    def as_postgresql(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """By an array."""
        joiner, template = " = ANY(('{' || ", "%(expressions)s || '}')::bigint[])"
        return self.as_sql(compiler, connection, arg_joiner=joiner, template=template, **options)

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """By a list in JSON."""
        joiner, template = " IN (SELECT value FROM json_each('[' || ", "%(expressions)s || ']'))"
        return self.as_sql(compiler, connection, arg_joiner=joiner, template=template, **options)


class AmongTexts(Func):
    """Likewise for texts: `filter(AmongTexts(Upper("name"), names))`; `kind`: what PostgreSQL is to read them as."""

    output_field = BooleanField()

    def __init__(self, of: Expression | F, texts: Collection[str], kind: str = "text") -> None:
        super().__init__(of, Value(json.dumps([*texts])))
        self.kind = kind

    def as_postgresql(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """By an array, which an index is read by."""
        joiner = " = ANY(ARRAY(SELECT json_array_elements_text("
        template = f"%(expressions)s::json)::{self.kind}))"
        return self.as_sql(compiler, connection, arg_joiner=joiner, template=template, **options)

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """By a list in JSON."""
        joiner, template = " IN (SELECT value FROM json_each(", "%(expressions)s))"
        return self.as_sql(compiler, connection, arg_joiner=joiner, template=template, **options)
