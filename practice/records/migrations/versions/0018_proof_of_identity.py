"""Patients' dates of birth, and what callers whose number proves nothing tried.

Revision: 0018, after 0017.
"""

from alembic import op
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String

from practice.records.migrations.columns import MOMENT, column

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "birth_dates",
        column("id", String()),
        column("account_id", String()),
        column("phone_hash", String()),
        column("phone", String()),
        column("name", String()),
        column("date_of_birth", String()),
        column("made_by", String()),
        column("updated_at", MOMENT),
        PrimaryKeyConstraint("id", name=op.f("pk_birth_dates")),
        ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_birth_dates_account_id_accounts"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_birth_dates_account_id_phone_hash"), "birth_dates", ["account_id", "phone_hash"])
    op.create_table(
        "identity_checks",
        column("id", String()),
        column("account_id", String()),
        column("bot_id", String()),
        column("conversation", String()),
        column("kind", String()),
        column("phone_hash", String()),
        column("state", String()),
        column("attempts", Integer()),
        column("created_at", MOMENT),
        column("expires_at", MOMENT, nullable=True),
        PrimaryKeyConstraint("id", name=op.f("pk_identity_checks")),
        ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_identity_checks_bot_id_bots"), ondelete="CASCADE"
        ),
        CheckConstraint("kind IN ('date_of_birth', 'code')", name=op.f("ck_identity_checks_kind")),
        CheckConstraint(
            "state IN ('open', 'nobody', 'passed', 'failed')", name=op.f("ck_identity_checks_state")
        ),
    )
    for columns in (["account_id", "phone_hash"], ["bot_id", "conversation"], ["created_at"]):
        op.create_index(op.f(f"ix_identity_checks_{'_'.join(columns)}"), "identity_checks", columns)


def downgrade() -> None:
    op.drop_table("identity_checks")
    op.drop_table("birth_dates")
