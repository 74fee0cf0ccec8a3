"""Serializers that report in the contract's form: dotted keys, every failing rule at once."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, TypeVar, cast

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from legalcity.api.fields import ContractField, label
from legalcity.lib.codes import Coded, FieldCode
from legalcity.lib.errors import Invalid, Sentence
from legalcity.lib.reading import Manner

S = TypeVar("S", bound="ContractSerializer")
Errors = dict[str, list[Sentence]]  # dotted field name → its sentences


def dotted(detail: Any, prefix: str = "") -> Errors:
    """The framework's nested errors as `{"invoices.0.invoice_number": [sentence, …]}`."""
    if isinstance(detail, Mapping):
        entries = detail.items()
    elif isinstance(detail, list) and any(isinstance(item, Mapping) for item in detail):
        entries = enumerate(detail)  # type: ignore[assignment]
    else:
        return {prefix: list(detail)} if detail else {}
    errors: Errors = {}
    for key, value in entries:
        name = "" if key == "non_field_errors" else str(key)
        errors.update(dotted(value, ".".join(filter(None, (prefix, name)))))
    return errors


def merged(*parts: Errors) -> Errors:
    """Errors of several sources; the first source that speaks of a field is kept."""
    whole: Errors = {}
    for part in parts:
        for key, sentences in part.items():
            whole.setdefault(key, sentences)
    return whole


def _failure(errors: Errors) -> serializers.ValidationError:
    return serializers.ValidationError(cast(Any, errors))


class ContractSerializer(ContractField, serializers.Serializer):
    """Reads a body. Rules over several fields are in `rule_errors`, asked even when single fields failed.

    `stored` (in the context) is what a partial update builds upon: rules see it merged with what was sent.
    Errors stand in the order of the fields, whoever found them, but for `told_first`: those of the reference do.
    """

    told_first: ClassVar[tuple[str, ...]] = ()

    def rule_errors(self, values: dict[str, Any]) -> Errors:
        """Sentences of the rules that `values` (the merged state) break. Pure; overridden by rooms."""
        return {}

    def failure_errors(self, values: dict[str, Any], failed: Errors) -> Errors:
        """Sentences on what was sent well, because of what could not be read (`failed`)."""
        return {}

    def read_plainly(self, data: Any) -> dict[str, Any] | None:
        """The values of `data` where they are plainly right, as the fields would give them; None where fields have to
        look. Overridden by rooms.
        """
        return None

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """What a program sent whole, plain and by the rules needs no field; a change is read with what is stored.

        A nested object that is missing is reported with each of its required fields.
        """
        if not self.partial and self.manner is Manner.MACHINE:
            plain = self.read_plainly(data)
            if plain is not None and not self.rule_errors(plain):
                return plain
        is_missing = data is serializers.empty or data is None
        if self.root is self and not isinstance(data, Mapping):
            raise _failure(self._not_an_object())
        if not is_missing or not self.required:
            return super().run_validation(data)
        required = str(self.error_messages["required"]).format(field=label(self.field_name or ""))
        sentence = Coded(required, FieldCode.REQUIRED)
        errors: Errors = {"": [sentence]}
        try:
            self.to_internal_value({})
        except serializers.ValidationError as error:
            errors.update(dotted(error.detail))
        raise _failure(errors)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The values that were sent, typed. Raises ValidationError with every sentence."""
        failed: Errors = {}
        values: dict[str, Any] = {}
        if not isinstance(data, Mapping):
            raise _failure(self._not_an_object())
        for field in self._writable_fields:
            if _is_left_out(field, data):
                continue
            try:
                values[str(field.field_name)] = field.run_validation(field.get_value(data))
            except serializers.ValidationError as error:
                failed.update(dotted(error.detail, str(field.field_name)))
            except serializers.SkipField:
                pass
        rules = self.rule_errors({**self.context.get("stored", {}), **values})
        errors = merged(failed, self.failure_errors(values, failed), rules)
        if errors:
            raise _failure(self._in_order(errors))
        return values

    def _in_order(self, errors: Errors) -> Errors:
        names = [*self.told_first, *map(str, self.fields)]

        def place(key: str) -> int:
            name = key.partition(".")[0]
            return names.index(name) if name in names else len(names)

        return {key: errors[key] for key in sorted(errors, key=place)}

    def _not_an_object(self) -> Errors:
        if self.root is self:
            return {"body": [_("The body must be a JSON object.")]}
        return {"": [_("The {field} field must be an object.").format(field=label(self.field_name or "item"))]}


def _is_left_out(field: serializers.Field, data: Mapping[str, Any]) -> bool:
    """Whether a field has nothing to say: it was not sent and need not be. Most are, and an exception each is dear."""
    is_there = type(data) is not dict or field.field_name in data
    return not (is_there or field.required) and field.default is serializers.empty


@cache
def reader_of(serializer: type[S], manner: Manner = Manner.MACHINE) -> S:
    """One instance of a serializer for all its readings: building its fields costs more than using them."""
    return serializer(context={"manner": manner})


def read(reader: ContractSerializer, data: Any) -> dict[str, Any]:
    """The typed values of `data`. Raises Invalid in the contract's form."""
    try:
        values: dict[str, Any] = reader.run_validation(data)
    except serializers.ValidationError as error:
        raise Invalid(dotted(error.detail)) from error
    return values


def parse(serializer: type[ContractSerializer], request: Request) -> dict[str, Any]:
    """The typed values of the request's body. Raises Invalid in the contract's form."""
    return read(reader_of(serializer), request.data)


def parse_change(
    serializer: type[ContractSerializer], request: Request, stored: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The values that a request changes; what is absent stays. Rules see them merged with what is `stored`."""
    return read(serializer(partial=True, context={"stored": stored or {}}), request.data)
