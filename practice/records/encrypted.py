"""Columns that are encrypted in the database, and hashes by which they are looked up.

A program sees plain values; the database sees them as ``kit.data_keys`` writes them. It can neither compare
nor order what it does not see: a query that tries is refused here, because it would find nothing.
"""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import JSON, ColumnElement, Dialect, LargeBinary, String, Text, TypeDecorator
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeEngine

from kit.data_keys import MOST_KEYS, DataKeys
from kit.db.database import keys_of


class _Comparator(TypeDecorator.Comparator[Any]):
    """Compares in the way alone that the column's type can be compared."""

    def operate(self, op: Any, *other: Any, **options: Any) -> Any:
        # SQLAlchemy itself asks whether a column is another, as it looks for it in a dictionary.
        itself = op is operators.eq and isinstance(other[0], ColumnElement)
        if itself or op in self.type.compares:  # type: ignore[attr-defined] # the type is of this file
            return super().operate(op, *other, **options)
        return _refuse(self.type)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        return _refuse(self.type)


class _Unseen(TypeDecorator[Any]):
    """A column whose values the database cannot see, each bound to its table and column."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = String
    cache_ok = True
    comparator_factory = _Comparator
    compares = frozenset((operators.is_, operators.is_not))
    """What the database can do with it nevertheless."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind


def _refuse(kind: Any) -> NoReturn:
    raise TypeError(f"{kind.kind} is encrypted: the database cannot compare or order it")


class EncryptedText(_Unseen):
    """A text that is encrypted, but for values that say nothing of anybody and that queries look for."""

    impl = String
    cache_ok = True

    def __init__(self, kind: str, readable: frozenset[str] = frozenset()) -> None:
        super().__init__(kind)
        self.readable = readable

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt."""
        if value is None or value in self.readable:
            return value
        return keys_of(dialect).seal(value, self.kind)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt."""
        return None if value is None else keys_of(dialect).open(value, self.kind)


class EncryptedLongText(EncryptedText):
    """The same, where the column is of the other type that databases have for texts."""

    impl = Text
    cache_ok = True


class EncryptedJson(_Unseen):
    """An object (JSON) that is encrypted: the column holds its text as a JSON string."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Encrypt."""
        keys = keys_of(dialect)
        return keys.seal(json.dumps(value), self.kind) if value is not None and keys.writes else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Decrypt; what is no text was never encrypted."""
        return json.loads(keys_of(dialect).open(value, self.kind)) if isinstance(value, str) else value


class EncryptedBytes(_Unseen):
    """Bytes that are encrypted."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Encrypt."""
        return None if value is None else keys_of(dialect).seal_bytes(value, self.kind)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Decrypt."""
        return None if value is None else keys_of(dialect).open_bytes(value, self.kind)


def stored_object(keys: DataKeys, stored: str, kind: str) -> dict[str, Any]:
    """Read an object as the database stores it, for who reads many outside of the event loop."""
    value = json.loads(stored)
    found: dict[str, Any] = json.loads(keys.open(value, kind)) if isinstance(value, str) else value
    return found


@dataclass(frozen=True, slots=True)
class _By:
    """A text that is looked for by its hash under one of the keys."""

    text: str
    place: int


class Hashed(_Unseen):
    """The hash of a text of a kind, by which it is looked up: it is given the text, and gives the hash."""

    impl = String
    cache_ok = True
    compares = frozenset((operators.is_, operators.is_not, operators.in_op))

    def process_bind_param(self, value: "str | _By | None", dialect: Dialect) -> str | None:
        """Hash."""
        if value is None:
            return None
        sought = value if isinstance(value, _By) else _By(value, 0)
        return keys_of(dialect).hash(sought.text, self.kind, sought.place)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        """Give the hash."""
        return value


def is_hash_of(column: InstrumentedAttribute[str | None], text: str) -> ColumnElement[bool]:
    """Limit a query to the rows that hold the hash of a text, by whichever key it was made."""
    return column.in_([_By(text, place) for place in range(MOST_KEYS)])
