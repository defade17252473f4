"""What is said unasked."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "posts",
        sa.Column("id", number, primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("wanted", sa.Integer, nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("ts", sa.String(32)),
        sa.Column("unclear", sa.Boolean, nullable=False),
        sa.Column("anew", sa.Boolean, nullable=False),
        sa.Column("repeats", sa.Boolean, nullable=False),
        sa.Column("claimed_by", sa.Text, nullable=False),
        sa.Column("claimed_until", instant),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("trouble", sa.Text, nullable=False),
        sa.Column("planned_at", instant, nullable=False),
        sa.Column("posted_at", instant),
        sa.UniqueConstraint("kind", "subject", "occasion", name="posts_key"),
    )
    waits = sa.text("state = 'planned' OR state = 'posted' AND shown < wanted")
    op.create_index("posts_waiting", "posts", ["channel", "id"], sqlite_where=waits, postgresql_where=waits)
