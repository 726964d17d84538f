"""The audit log, of which nothing is changed or taken away; and patients whose data is held."""

from alembic import op
from sqlalchemy import JSON, Integer, PrimaryKeyConstraint, String

from practice.records.migrations.columns import MOMENT, column, columns, index, refers

revision = "0014"
down_revision = "0013"

_REFUSAL = "the audit log is only written to"


def upgrade() -> None:
    op.create_table(
        "audit_log",
        column("number", Integer(), autoincrement=False),
        column("at", MOMENT),
        *columns(String(), "who", "action"),
        column("site_id", Integer(), nullable=True),
        column("subject", String(), nullable=True),
        column("detail", JSON(), nullable=True),
        *columns(String(), "previous", "digest"),
        PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "legal_holds",
        *columns(String(), "account_id", "phone", "name", "reason", "made_by"),
        column("created_at", MOMENT),
        PrimaryKeyConstraint("account_id", "phone", "name"),
        refers("account_id", "accounts.id"),
    )
    index("audit_log", "at")
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
