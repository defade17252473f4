"""When digests were changed, why they cannot be posted (declared ones, too), and what was shown of them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.add_column("digests", sa.Column("timed_at", instant))
    op.add_column("digests", sa.Column("resumed_at", instant))
    op.create_table(
        "digest_troubles",
        sa.Column("digest", sa.String(80), primary_key=True),
        sa.Column("sentence", sa.Text, nullable=False),
    )
    op.execute(
        "INSERT INTO digest_troubles (digest, sentence)"
        " SELECT name, trouble FROM digests WHERE trouble IS NOT NULL"
    )
    op.drop_column("digests", "trouble")
    op.add_column("occurrences", sa.Column("waits_since", instant))
    op.create_table(
        "tellings",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("made_at", instant, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )
