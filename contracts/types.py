"""What the bodies of several APIs share: base models and field types.

What does not fit is refused with an error type of pydantic's or of ``PydanticCustomError``, never with a
sentence for the client: each API has its own sentences, in a table keyed by these types.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PrivateAttr,
    Strict,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from contracts.timestamps import LONGEST, TimestampInvalid, read_timestamp


class Wire(BaseModel):
    """A body of which unknown fields are kept."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)


class Relayed(Wire):
    """A part of a request that is passed on to a booking platform."""

    _given: dict[str, Any] = PrivateAttr(default_factory=dict)

    @property
    def given(self) -> dict[str, Any]:
        """The JSON object that this was read from, untouched."""
        return self._given

    @model_validator(mode="wrap")
    @classmethod
    def _keep(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        model = handler(value)
        if isinstance(value, dict):
            model._given = value  # noqa: SLF001 - its own
        return model


def examples(*bodies: dict[str, Any]) -> ConfigDict:
    """Make the configuration of a model that shows examples."""
    return ConfigDict(json_schema_extra={"examples": list(bodies)})


@dataclass(frozen=True)
class NotBlank:
    """A text with something in it besides blanks: ``Annotated[str, Field(max_length=200), NotBlank()]``."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check the text after what stands before this."""
        return core_schema.no_info_after_validator_function(_not_blank, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say that it is not empty."""
        return {**handler(schema), "minLength": 1}


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("blank", "must not be blank")
    return value


@dataclass(frozen=True)
class Matching:
    """A text of which the whole matches a pattern; else the error is of this type."""

    error: str
    pattern: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check the text after what stands before this."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Name the pattern."""
        return {**handler(schema), "pattern": f"^{self.pattern}$"}

    def _check(self, value: str) -> str:
        if not re.fullmatch(self.pattern, value):
            raise PydanticCustomError(self.error, "must match {pattern}", {"pattern": self.pattern})
        return value


Flag = Annotated[bool, Strict()]
"""True or false; ``"true"`` and 1 are neither."""


@dataclass(frozen=True)
class Between:
    """A whole number within bounds, both included: ``Annotated[int, Between(1, 10)]``.

    As JSON Schema has it, 30.0 is one; true and ``"30"`` are none.
    """

    least: int
    most: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check the type strictly, then the bounds."""
        whole = core_schema.no_info_before_validator_function(_whole, core_schema.int_schema(strict=True))
        return core_schema.no_info_after_validator_function(self._within, whole)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Name the bounds."""
        return {**handler(schema), "minimum": self.least, "maximum": self.most}

    def _within(self, value: int) -> int:
        if not self.least <= value <= self.most:
            bounds = {"least": self.least, "most": self.most}
            raise PydanticCustomError("out_of_range", "must be between {least} and {most}", bounds)
        return value


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _read_moment_or_day(value: Any) -> datetime | date:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise PydanticCustomError("timestamp_offset", "must be aware")
    if isinstance(value, date):  # a datetime is one as well
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "must be a string")
    if len(value) > LONGEST:
        raise PydanticCustomError("string_too_long", "is too long", {"max_length": LONGEST})
    try:
        return read_timestamp(_not_blank(value).strip())
    except TimestampInvalid as error:
        raise PydanticCustomError(f"timestamp_{error.reason}", "is no timestamp") from error


def _read_moment(value: Any) -> datetime:
    moment = _read_moment_or_day(value)
    if not isinstance(moment, datetime):
        raise PydanticCustomError("timestamp_bare_date", "must have a time with an offset")
    return moment


Timestamp = Annotated[datetime, BeforeValidator(_read_moment)]
"""An RFC 3339 date-time; the offset that it was given with is kept."""

TimestampOrDate = Annotated[datetime | date, BeforeValidator(_read_moment_or_day)]
"""An RFC 3339 date-time, or a whole day as a bare date."""
