"""Bodies of the JSON API: from bytes to a checked struct, with every problem at its field at once.

A body is a `Body` struct; its annotations are the types and limits, in the code and in OpenAPI alike.
Malformed JSON is 400, JSON that does not fit is 422. Text is kept as NFC without white space around;
control characters are refused rather than dropped, because a program that sends them is mistaken.
"""

import re
import unicodedata
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, ClassVar, TypeVar, cast

import msgspec
from litestar.dto import AbstractDTO
from litestar.dto.data_structures import DTOFieldDefinition
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import FieldInfo

from app.lib.errors import DomainError, InvalidInput, PayloadTooLarge
from app.lib.fields import LARGEST_ID, FieldError
from app.web.schema_messages import plain_words

MOST_BYTES = 1_000_000
MOST_UNKNOWN = 20

T = TypeVar("T")
Given = T | UnsetType
RecordId = Annotated[int, Meta(ge=1, le=LARGEST_ID)]
Version = Annotated[
    int,
    Meta(
        ge=1,
        le=2**31 - 1,
        description="The version the change starts from; may be sent as If-Match instead.",
        examples=[3],
    ),
]
Line = Annotated[str, Meta(max_length=200)]
TagWord = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[^,;\n]+$")]
Decimals = Annotated[
    str | float,
    Meta(description="A decimal, best as a string. Answers hold a string.", examples=["4.50"]),
]
Instant = Annotated[
    datetime, Meta(tz=True, description="ISO 8601 with an offset.", examples=["2026-11-26T08:00:00+01:00"])
]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DECIMAL = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)
_YEARS = range(1970, 2200)


@dataclass(frozen=True, slots=True)
class Amount:
    """What a decimal may be: from 0 to `maximum`, with at most `scale` decimals."""

    scale: int
    maximum: Decimal

    def read(self, value: object) -> Decimal:
        """The value with exactly `scale` decimals. Raises FieldError."""
        text = format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)
        if not _DECIMAL.fullmatch(text):
            raise FieldError('Send a decimal of at least 0, like "4.50".')
        number = Decimal(text)
        if number > self.maximum:
            raise FieldError(f"At most {self.maximum:,} fits.")
        rounded = number.quantize(Decimal(1).scaleb(-self.scale))
        if rounded != number:
            raise FieldError(f"Use at most {self.scale} decimals.")
        return rounded


class Body(Struct, kw_only=True, forbid_unknown_fields=True):
    """A JSON object that somebody sends.

    `amounts` are the rules of its decimals, `lines` the text fields that may hold several lines,
    `verbatim` those that are taken as they are (passwords), `blank` what fields are that are left out
    where a whole record is sent.
    """

    amounts: ClassVar[Mapping[str, Amount]] = {}
    lines: ClassVar[frozenset[str]] = frozenset()
    verbatim: ClassVar[frozenset[str]] = frozenset()
    blank: ClassVar[Mapping[str, Any]] = {}

    def given(self) -> dict[str, Any]:
        """The fields that were sent, as Python values; without the version."""
        found: dict[str, Any] = {}
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value is UNSET or name == "version":
                continue
            rule = self.amounts.get(name)
            found[name] = rule.read(value) if rule is not None and value is not None else value
        return found

    def whole(self) -> dict[str, Any]:
        """All fields: those that were sent, `blank` for the others."""
        return {**self.blank, **self.given()}


B = TypeVar("B", bound=Body)


def decode_body(kind: type[B], raw: bytes) -> B:
    """Read a body. Raises DomainError (400) for what is no JSON, InvalidInput with every field at fault."""
    if len(raw) > MOST_BYTES:
        raise PayloadTooLarge("A JSON body holds at most 1 MB.")
    try:
        found: object = msgspec.json.decode(raw)
    except RecursionError as error:
        raise DomainError("This JSON is nested too deeply.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DomainError("This is not valid JSON.") from error
    if not isinstance(found, dict):
        raise InvalidInput({"body": "Send a JSON object."})
    return _fill(kind, cast("dict[str, object]", found))


@cache
def _fields_of(kind: type[Body]) -> Mapping[str, FieldInfo]:
    """The fields of a body by the names they are sent under."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _fill(kind: type[B], found: dict[str, object]) -> B:
    fields = _fields_of(kind)
    unknown = [name for name in found if name not in fields]
    errors = {name[:80]: "There is no such field." for name in unknown[:MOST_UNKNOWN]}
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in found:
            if field.required:
                errors[name] = "This is required."
            continue
        try:
            values[name] = _value(kind, name, field.type, found[name])
        except FieldError as error:
            errors[name] = error.message
    if errors:
        raise InvalidInput(errors)
    return kind(**values)


def _value(kind: type[Body], name: str, wanted: Any, sent: object) -> Any:
    value = sent if name in kind.verbatim else _clean(sent, lines=name in kind.lines)
    try:
        read: Any = msgspec.convert(value, wanted)
    except (msgspec.ValidationError, RecursionError) as error:
        raise FieldError(plain_words(str(error))) from error
    if isinstance(read, datetime) and read.year not in _YEARS:
        raise FieldError(f"Send a date between {_YEARS.start} and {_YEARS.stop}.")
    rule = kind.amounts.get(name)
    if rule is not None and read is not None:
        rule.read(read)
    return read


def _clean(value: object, *, lines: bool) -> object:
    """Text as we keep it, alone or in a list. Raises FieldError for control characters."""
    if isinstance(value, str):
        return _clean_text(value, lines=lines)
    if isinstance(value, list):
        parts = cast("list[object]", value)
        return [_clean_text(one, lines=lines) if isinstance(one, str) else one for one in parts]
    return value


def _clean_text(value: str, *, lines: bool) -> str:
    text = value.replace("\r\n", "\n")
    if (_CONTROL_BUT_LINES if lines else _CONTROL).search(text):
        raise FieldError("Control characters cannot be used here.")
    return unicodedata.normalize("NFC", text).strip()


class JsonBody(AbstractDTO[Body]):
    """Has Litestar read the `data` of a handler with `decode_body`."""

    kinds: ClassVar[dict[str, type[Body]]] = {}

    @classmethod
    def create_for_field_definition(
        cls,
        field_definition: FieldDefinition,
        handler_id: str,
        backend_cls: Any = None,  # noqa: ARG003 - part of the interface
    ) -> None:
        """Note which body a handler takes; one that may be missing is decoded when it is there."""
        if field_definition.name == "data":
            inner = [one for one in field_definition.inner_types if not one.is_none_type]
            cls.kinds[handler_id] = (
                inner[0] if field_definition.is_optional else field_definition
            ).annotation

    def decode_bytes(self, value: bytes) -> Body:
        """Read a JSON body."""
        connection = cast("Any", self.asgi_connection)
        return decode_body(self.kinds[connection.route_handler.handler_id], value)

    @classmethod
    def create_openapi_schema(
        cls,
        field_definition: FieldDefinition,
        handler_id: str,  # noqa: ARG003 - part of the interface
        schema_creator: Any,
    ) -> Reference | Schema:
        """Describe the struct itself."""
        return schema_creator.for_field_definition(field_definition)

    @classmethod
    def generate_field_definitions(
        cls,
        model_type: type[Any],  # noqa: ARG003 - part of the interface
    ) -> Generator[DTOFieldDefinition, None, None]:
        """Nothing is transferred field by field."""
        yield from ()

    @classmethod
    def detect_nested_field(
        cls,
        field_definition: FieldDefinition,  # noqa: ARG003 - part of the interface
    ) -> bool:
        """Nothing is transferred field by field."""
        return False
