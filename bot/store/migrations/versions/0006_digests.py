"""Digests, their occurrences, and the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "digests",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("cron", sa.Text, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("made_at", instant, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("quiet", sa.Boolean, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("maker", sa.String(32), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("trouble", sa.Text),
    )
    op.create_table(
        "occurrences",
        sa.Column("digest", sa.String(80), primary_key=True),
        sa.Column("end", instant, primary_key=True),
        sa.Column("start", instant, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("replaces", sa.Integer, nullable=False),
        sa.Column("cursor", number),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", instant, nullable=False),
        sa.Column("who", sa.String(32), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("did", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
    )
