"""Up to which id attempts have been let go of: read again for an old window, they are no news."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mirror", sa.Column("let_go", sa.BigInteger().with_variant(sa.Integer, "sqlite")))
