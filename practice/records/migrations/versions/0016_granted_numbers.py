"""The operator says which partner's bots may answer a phone number."""

from alembic import op
from sqlalchemy import PrimaryKeyConstraint, String

from practice.records.migrations.columns import MOMENT, column, columns, index, refers

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "number_grants",
        *columns(String(), "number", "partner_id"),
        column("created_at", MOMENT),
        PrimaryKeyConstraint("number"),
        refers("partner_id", "partners.id"),
    )
    index("number_grants", "partner_id")


def downgrade() -> None:
    op.drop_table("number_grants")
