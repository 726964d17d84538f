"""The operator says which partner's bots may answer a phone number.

Revision: 0016, after 0015.
"""

from alembic import op
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, String

from practice.records.migrations.columns import MOMENT, column

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "number_grants",
        column("number", String()),
        column("partner_id", String()),
        column("created_at", MOMENT),
        PrimaryKeyConstraint("number", name=op.f("pk_number_grants")),
        ForeignKeyConstraint(
            ["partner_id"],
            ["partners.id"],
            name=op.f("fk_number_grants_partner_id_partners"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_number_grants_partner_id"), "number_grants", ["partner_id"])


def downgrade() -> None:
    op.drop_table("number_grants")
