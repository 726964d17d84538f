"""Patients' dates of birth, and what callers whose number proves nothing tried."""

from alembic import op
from sqlalchemy import CheckConstraint, Integer, PrimaryKeyConstraint, String

from practice.records.migrations.columns import MOMENT, column, columns, index, refers

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "birth_dates",
        *columns(String(), "id", "account_id", "phone_hash", "phone", "name", "date_of_birth", "made_by"),
        column("updated_at", MOMENT),
        PrimaryKeyConstraint("id"),
        refers("account_id", "accounts.id"),
    )
    index("birth_dates", "account_id", "phone_hash")
    op.create_table(
        "identity_checks",
        *columns(String(), "id", "account_id", "bot_id", "conversation", "kind", "phone_hash", "state"),
        column("attempts", Integer()),
        column("created_at", MOMENT),
        column("expires_at", MOMENT, nullable=True),
        PrimaryKeyConstraint("id"),
        refers("bot_id", "bots.id"),
        CheckConstraint("kind IN ('date_of_birth', 'code')", name="kind"),
        CheckConstraint("state IN ('open', 'nobody', 'passed', 'failed')", name="state"),
    )
    for names in (["account_id", "phone_hash"], ["bot_id", "conversation"], ["created_at"]):
        index("identity_checks", *names)


def downgrade() -> None:
    op.drop_table("identity_checks")
    op.drop_table("birth_dates")
