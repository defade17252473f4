"""The copy's version: who has read it knows by it whether that still holds."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.add_column("mirror", sa.Column("version", number, nullable=False, server_default="0"))
