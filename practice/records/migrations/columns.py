"""The words that migrations are written in."""

from typing import Any

from sqlalchemy import Column, DateTime

MOMENT = DateTime(timezone=True)
"""An aware datetime in UTC, as ``practice.records.base.Moment`` stores it."""


def column(name: str, kind: Any, *, nullable: bool = False, **options: Any) -> Column[Any]:
    """Describe a column; most hold a value always.

    Args:
        options: Further options of SQLAlchemy's ``Column``.
    """
    return Column(name, kind, nullable=nullable, **options)
