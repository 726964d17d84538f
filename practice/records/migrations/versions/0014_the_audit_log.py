"""The audit log, of which nothing is changed or taken away; and patients whose data is held.

Revision: 0014, after 0013.
"""

from alembic import op
from sqlalchemy import JSON, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String

from practice.records.migrations.columns import MOMENT, column

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_REFUSAL = "the audit log is only written to"


def upgrade() -> None:
    op.create_table(
        "audit_log",
        column("number", Integer(), autoincrement=False),
        column("at", MOMENT),
        column("who", String()),
        column("action", String()),
        column("site_id", Integer(), nullable=True),
        column("subject", String(), nullable=True),
        column("detail", JSON(), nullable=True),
        column("previous", String()),
        column("digest", String()),
        PrimaryKeyConstraint("number", name=op.f("pk_audit_log")),
    )
    op.create_table(
        "legal_holds",
        column("account_id", String()),
        column("phone", String()),
        column("name", String()),
        column("reason", String()),
        column("made_by", String()),
        column("created_at", MOMENT),
        PrimaryKeyConstraint("account_id", "phone", "name", name=op.f("pk_legal_holds")),
        ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_legal_holds_account_id_accounts"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_audit_log_at"), "audit_log", ["at"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_log_no_{verb.lower()} BEFORE {verb} ON audit_log"
                f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_log_only_written BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()"
    )


def downgrade() -> None:
    op.drop_table("legal_holds")
    op.drop_table("audit_log")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_log_refuse()")
