"""Make one description of a thing out of another that has fields of the same names."""

import dataclasses
from typing import Any, TypeVar

from pydantic import BaseModel

_Described = TypeVar("_Described")
_MISSING = object()


def copy_fields(kind: type[_Described], source: object, /, **given: Any) -> _Described:
    """Make a dataclass or a model of what is given and of the source's fields; others keep their defaults."""
    if issubclass(kind, BaseModel):
        names: Any = kind.model_fields
    else:
        names = [one.name for one in dataclasses.fields(kind)]  # type: ignore[arg-type]
    for name in names:
        if name not in given and (value := getattr(source, name, _MISSING)) is not _MISSING:
            given[name] = value
    return kind(**given)
