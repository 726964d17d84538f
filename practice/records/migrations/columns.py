"""The words that migrations are written in; constraints and indexes are named by the models' convention."""

from typing import Any

from alembic import op
from sqlalchemy import Column, DateTime, ForeignKeyConstraint

MOMENT = DateTime(timezone=True)
"""An aware datetime in UTC, as ``practice.records.base.Moment`` stores it."""


def column(name: str, kind: Any, *, nullable: bool = False, **options: Any) -> Column[Any]:
    """Describe a column; most hold a value always."""
    return Column(name, kind, nullable=nullable, **options)


def columns(kind: Any, *names: str, nullable: bool = False) -> list[Column[Any]]:
    """Describe columns of one kind that stand beside one another."""
    return [column(name, kind, nullable=nullable) for name in names]


def refers(name: str, target: str, on_delete: str | None = "CASCADE") -> ForeignKeyConstraint:
    """Have a column name a row of another table, such as ``bots.id``, with which its own row goes."""
    return ForeignKeyConstraint([name], [target], ondelete=on_delete)


def index(table: str, *names: str, unique: bool = False) -> None:
    """Make an index over columns."""
    op.create_index(None, table, list(names), unique=unique)
