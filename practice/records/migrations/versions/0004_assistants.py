"""Assistants have versions, routes, tools and chunks of their files; integrators have clients.

And a cancelled appointment keeps the reason that was given.

Revision: 0004, after 0003.
"""

from typing import Any

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from practice.records.migrations.columns import MOMENT, column

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NEW_COLUMNS: dict[str, list[tuple[str, Any, Any]]] = {
    "assistants": [
        ("model", String(), None),
        ("temperature_hundredths", Integer(), text("70")),
        ("top_p_hundredths", Integer(), text("100")),
        ("response_format_json", Boolean(), false()),
        ("include_conversation_transcript", Boolean(), true()),
        ("include_conversation_metadata", Boolean(), true()),
        ("tool_ids", JSON(), None),
        ("version", Integer(), text("0")),
    ],
    "assistant_files": [
        ("pages", Integer(), None),
        ("chunked_at", MOMENT, None),
        ("deleted_at", MOMENT, None),
    ],
    "appointments": [("cancellation_reason", String(), None)],
    "threads": [
        ("assistant_version", Integer(), None),
        ("user_id", String(), None),
        ("conversation_id", String(), None),
        ("content", JSON(), None),
        ("updated_at", MOMENT, None),
    ],
}
CONVERSATION = "ix_threads_assistant_id_conversation_id"


def upgrade() -> None:
    for table, added in NEW_COLUMNS.items():
        for name, kind, default in added:
            op.add_column(table, column(name, kind, nullable=default is None, server_default=default))
    op.create_index(op.f(CONVERSATION), "threads", ["assistant_id", "conversation_id"], unique=True)
    op.create_table(
        "thread_numbers",
        column("number", Integer()),
        column("thread_id", String()),
        _owned_by("thread_numbers", "thread_id", "threads"),
        PrimaryKeyConstraint("number", name=op.f("pk_thread_numbers")),
        UniqueConstraint("thread_id", name=op.f("uq_thread_numbers_thread_id")),
    )
    op.execute("INSERT INTO thread_numbers (thread_id) SELECT id FROM threads ORDER BY created_at, id")
    _make_assistant_tables()
    _make_client_tables()


def _owned_by(table: str, name: str, owner: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        [name], [f"{owner}.id"], name=op.f(f"fk_{table}_{name}_{owner}"), ondelete="CASCADE"
    )


def _make_assistant_tables() -> None:
    op.create_table(
        "assistant_versions",
        column("assistant_id", Integer()),
        column("number", Integer(), autoincrement=False),
        column("snapshot", JSON()),
        column("cause", String()),
        column("made_by", String(), nullable=True),
        column("created_at", MOMENT),
        _owned_by("assistant_versions", "assistant_id", "assistants"),
        PrimaryKeyConstraint("assistant_id", "number", name=op.f("pk_assistant_versions")),
    )
    op.create_table(
        "file_chunks",
        column("file_id", Integer()),
        column("position", Integer(), autoincrement=False),
        column("text", Text()),
        column("heading", Text()),
        column("page", Integer(), nullable=True),
        _owned_by("file_chunks", "file_id", "assistant_files"),
        PrimaryKeyConstraint("file_id", "position", name=op.f("pk_file_chunks")),
    )
    op.create_table(
        "assistant_routes",
        column("id", Integer()),
        column("assistant_id", Integer()),
        column("tags", JSON()),
        column("created_at", MOMENT),
        column("updated_at", MOMENT),
        _owned_by("assistant_routes", "assistant_id", "assistants"),
        PrimaryKeyConstraint("id", name=op.f("pk_assistant_routes")),
    )
    op.create_index(op.f("ix_assistant_routes_assistant_id"), "assistant_routes", ["assistant_id"])
    op.create_table(
        "assistant_tools",
        column("id", Integer()),
        column("function", String(), nullable=True),
        column("assistant_id", Integer(), nullable=True),
        column("created_at", MOMENT),
        CheckConstraint("(assistant_id IS NULL) <> (function IS NULL)", name=op.f("ck_assistant_tools_kind")),
        _owned_by("assistant_tools", "assistant_id", "assistants"),
        PrimaryKeyConstraint("id", name=op.f("pk_assistant_tools")),
        UniqueConstraint("assistant_id", name=op.f("uq_assistant_tools_assistant_id")),
        UniqueConstraint("function", name=op.f("uq_assistant_tools_function")),
    )
    op.create_table(
        "remote_apis",
        column("id", Integer()),
        column("site_id", Integer(), nullable=True),
        column("code", String()),
        column("url", String()),
        column("auth", String()),
        column("sealed_headers", LargeBinary()),
        column("sealed_oauth", LargeBinary(), nullable=True),
        column("created_at", MOMENT),
        column("updated_at", MOMENT),
        CheckConstraint("auth IN ('none', 'headers', 'oauth2')", name=op.f("ck_remote_apis_auth")),
        _owned_by("remote_apis", "site_id", "sites"),
        PrimaryKeyConstraint("id", name=op.f("pk_remote_apis")),
        UniqueConstraint("code", name=op.f("uq_remote_apis_code")),
    )
    op.create_index(op.f("ix_remote_apis_site_id"), "remote_apis", ["site_id"])
    op.create_table(
        "memories",
        column("assistant_id", Integer()),
        column("conversation_id", String()),
        column("key", String()),
        column("data", JSON()),
        column("updated_at", MOMENT),
        _owned_by("memories", "assistant_id", "assistants"),
        PrimaryKeyConstraint("assistant_id", "conversation_id", "key", name=op.f("pk_memories")),
    )


def _make_client_tables() -> None:
    op.create_table(
        "oauth_clients",
        column("id", String()),
        column("name", String(), nullable=True),
        column("secret_sha256", String()),
        column("scopes", JSON()),
        column("site_ids", JSON(), nullable=True),
        column("created_at", MOMENT),
        column("last_used_at", MOMENT, nullable=True),
        column("revoked_at", MOMENT, nullable=True),
        PrimaryKeyConstraint("id", name=op.f("pk_oauth_clients")),
    )
    op.create_table(
        "signing_keys",
        column("id", String()),
        column("sealed_key", LargeBinary()),
        column("created_at", MOMENT),
        column("retired_at", MOMENT, nullable=True),
        PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
    )
    op.create_table(
        "revoked_tokens",
        column("id", String()),
        column("expires_at", MOMENT),
        PrimaryKeyConstraint("id", name=op.f("pk_revoked_tokens")),
    )
    op.create_index(op.f("ix_revoked_tokens_expires_at"), "revoked_tokens", ["expires_at"])


def downgrade() -> None:
    for table in (
        "revoked_tokens",
        "signing_keys",
        "oauth_clients",
        "memories",
        "remote_apis",
        "assistant_tools",
        "assistant_routes",
        "file_chunks",
        "assistant_versions",
        "thread_numbers",
    ):
        op.drop_table(table)
    op.drop_index(op.f(CONVERSATION), "threads")
    for table, added in reversed(list(NEW_COLUMNS.items())):
        for name, _kind, _default in reversed(added):
            op.drop_column(table, name)
