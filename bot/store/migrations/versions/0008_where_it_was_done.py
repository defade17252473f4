"""Which channels something that was done is about: of a private one only its members are told."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit", sa.Column("channels", sa.Text, nullable=False, server_default=""))
