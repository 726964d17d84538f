"""By which a database knows the installation whose key it was written with.

Revision: 0012, after 0011.
"""

from alembic import op
from sqlalchemy import CheckConstraint, Integer, LargeBinary, PrimaryKeyConstraint

from practice.records.migrations.columns import column

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installation",
        column("id", Integer()),
        column("seal", LargeBinary()),
        PrimaryKeyConstraint("id", name=op.f("pk_installation")),
        CheckConstraint("id = 1", name=op.f("ck_installation_one")),
    )


def downgrade() -> None:
    op.drop_table("installation")
