"""Assistants have versions, routes, tools and chunks of their files; integrators have clients.

And a cancelled appointment keeps the reason that was given.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from practice.records.migrations.columns import MOMENT, column, columns, index, refers

revision = "0004"
down_revision = "0003"

NEW_COLUMNS: dict[str, list[tuple[str, Any, Any]]] = {
    "assistants": [
        ("model", sa.String(), None),
        ("temperature_hundredths", sa.Integer(), sa.text("70")),
        ("top_p_hundredths", sa.Integer(), sa.text("100")),
        ("response_format_json", sa.Boolean(), sa.false()),
        ("include_conversation_transcript", sa.Boolean(), sa.true()),
        ("include_conversation_metadata", sa.Boolean(), sa.true()),
        ("tool_ids", sa.JSON(), None),
        ("version", sa.Integer(), sa.text("0")),
    ],
    "assistant_files": [
        ("pages", sa.Integer(), None),
        ("chunked_at", MOMENT, None),
        ("deleted_at", MOMENT, None),
    ],
    "appointments": [("cancellation_reason", sa.String(), None)],
    "threads": [
        ("assistant_version", sa.Integer(), None),
        ("user_id", sa.String(), None),
        ("conversation_id", sa.String(), None),
        ("content", sa.JSON(), None),
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
        column("number", sa.Integer()),
        column("thread_id", sa.String()),
        refers("thread_id", "threads.id"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("thread_id"),
    )
    op.execute("INSERT INTO thread_numbers (thread_id) SELECT id FROM threads ORDER BY created_at, id")
    _make_assistant_tables()
    _make_client_tables()


def _make_assistant_tables() -> None:
    op.create_table(
        "assistant_versions",
        column("assistant_id", sa.Integer()),
        column("number", sa.Integer(), autoincrement=False),
        column("snapshot", sa.JSON()),
        column("cause", sa.String()),
        column("made_by", sa.String(), nullable=True),
        column("created_at", MOMENT),
        refers("assistant_id", "assistants.id"),
        sa.PrimaryKeyConstraint("assistant_id", "number"),
    )
    op.create_table(
        "file_chunks",
        column("file_id", sa.Integer()),
        column("position", sa.Integer(), autoincrement=False),
        *columns(sa.Text(), "text", "heading"),
        column("page", sa.Integer(), nullable=True),
        refers("file_id", "assistant_files.id"),
        sa.PrimaryKeyConstraint("file_id", "position"),
    )
    op.create_table(
        "assistant_routes",
        *columns(sa.Integer(), "id", "assistant_id"),
        column("tags", sa.JSON()),
        *columns(MOMENT, "created_at", "updated_at"),
        refers("assistant_id", "assistants.id"),
        sa.PrimaryKeyConstraint("id"),
    )
    index("assistant_routes", "assistant_id")
    op.create_table(
        "assistant_tools",
        column("id", sa.Integer()),
        column("function", sa.String(), nullable=True),
        column("assistant_id", sa.Integer(), nullable=True),
        column("created_at", MOMENT),
        sa.CheckConstraint("(assistant_id IS NULL) <> (function IS NULL)", name="kind"),
        refers("assistant_id", "assistants.id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("assistant_id"),
        sa.UniqueConstraint("function"),
    )
    op.create_table(
        "remote_apis",
        column("id", sa.Integer()),
        column("site_id", sa.Integer(), nullable=True),
        *columns(sa.String(), "code", "url", "auth"),
        column("sealed_headers", sa.LargeBinary()),
        column("sealed_oauth", sa.LargeBinary(), nullable=True),
        *columns(MOMENT, "created_at", "updated_at"),
        sa.CheckConstraint("auth IN ('none', 'headers', 'oauth2')", name="auth"),
        refers("site_id", "sites.id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    index("remote_apis", "site_id")
    op.create_table(
        "memories",
        column("assistant_id", sa.Integer()),
        *columns(sa.String(), "conversation_id", "key"),
        column("data", sa.JSON()),
        column("updated_at", MOMENT),
        refers("assistant_id", "assistants.id"),
        sa.PrimaryKeyConstraint("assistant_id", "conversation_id", "key"),
    )


def _make_client_tables() -> None:
    op.create_table(
        "oauth_clients",
        column("id", sa.String()),
        column("name", sa.String(), nullable=True),
        column("secret_sha256", sa.String()),
        column("scopes", sa.JSON()),
        column("site_ids", sa.JSON(), nullable=True),
        column("created_at", MOMENT),
        *columns(MOMENT, "last_used_at", "revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "signing_keys",
        column("id", sa.String()),
        column("sealed_key", sa.LargeBinary()),
        column("created_at", MOMENT),
        column("retired_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "revoked_tokens",
        column("id", sa.String()),
        column("expires_at", MOMENT),
        sa.PrimaryKeyConstraint("id"),
    )
    index("revoked_tokens", "expires_at")


def downgrade() -> None:
    for table in (
        "revoked_tokens signing_keys oauth_clients memories remote_apis assistant_tools assistant_routes "
        "file_chunks assistant_versions thread_numbers"
    ).split():
        op.drop_table(table)
    op.drop_index(op.f(CONVERSATION), "threads")
    for table, added in reversed(list(NEW_COLUMNS.items())):
        for name, _kind, _default in reversed(added):
            op.drop_column(table, name)
