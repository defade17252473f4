"""The mirror: attempts, their workflows, why they failed, and how far the copy goes."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "mirror",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sequence", Id, nullable=False),
        sa.Column("mark_id", Id),
        sa.Column("mark_created", sa.BigInteger),
        sa.Column("ticked_at", sa.DateTime(timezone=True)),
        sa.Column("looked_at", sa.DateTime(timezone=True)),
        sa.Column("began_at", sa.BigInteger),
        sa.Column("bottom_id", Id),
        sa.Column("bottom_created", sa.BigInteger),
        sa.Column("swept_at", sa.DateTime(timezone=True)),
    )
    op.execute("INSERT INTO mirror (id, sequence) VALUES (1, 0)")
    op.create_table("odd_rows", sa.Column("id", Id, primary_key=True, autoincrement=False))
    op.create_table(
        "workflows",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("project_id", Id, nullable=False),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("workflow", sa.Text, nullable=False),
        sa.Column("sample", sa.Text, nullable=False),
        sa.Column("usual", sa.Float),
        sa.Column("ninetieth", sa.Float),
        sa.Column("slow_after", sa.Float),
        sa.UniqueConstraint("project_id", "workflow", name="workflows_key"),
    )
    op.create_table(
        "attempts",
        sa.Column("id", Id, primary_key=True, autoincrement=False),
        sa.Column("session_id", Id, nullable=False),
        sa.Column("workflow", sa.Integer, nullable=False),
        sa.Column("session_time", sa.BigInteger, nullable=False),
        sa.Column("session_offset", sa.Integer, nullable=False),
        sa.Column("session_day", sa.Integer, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("finished", sa.BigInteger),
        sa.Column("ended", sa.BigInteger),
        sa.Column("number", sa.Integer),
        sa.Column("workflow_id", Id),
        sa.Column("session_uuid", sa.String(64)),
        sa.Column("retry_name", sa.Text),
        sa.Column("pool_id", sa.Text),
        sa.Column("cancel_requested", sa.Boolean, nullable=False),
        sa.Column("canceling_since", sa.BigInteger),
        sa.Column("seen", Id, nullable=False),
        sa.Column("is_last", sa.Boolean, nullable=False),
        sa.Column("changed", Id),
        sa.Column("diagnosed", sa.Boolean, nullable=False),
    )
    last: dict[str, Any] = {"sqlite_where": sa.text("is_last = 1"), "postgresql_where": sa.text("is_last")}
    unended: dict[str, Any] = {name: sa.text("ended IS NULL") for name in last}
    unread: dict[str, Any] = {
        "sqlite_where": sa.text("status = 'error' AND diagnosed = 0"),
        "postgresql_where": sa.text("status = 'error' AND NOT diagnosed"),
    }
    op.create_index("attempts_in_window", "attempts", ["ended", "workflow", "status"], **last)
    op.create_index("attempts_for_day", "attempts", ["session_day"], **last)
    op.create_index("attempts_of_session", "attempts", ["session_id"])
    op.create_index("attempts_of_workflow", "attempts", ["workflow", "status", "finished", "id"])
    op.create_index("attempts_open", "attempts", ["id"], **unended)
    op.create_index("attempts_undiagnosed", "attempts", ["id"], **unread)
    op.create_index("attempts_changed", "attempts", ["changed"])
    op.create_table(
        "failures",
        sa.Column("attempt_id", Id, primary_key=True, autoincrement=False),
        sa.Column("workflow", sa.Integer, nullable=False),
        sa.Column("finished", sa.BigInteger),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.String(16), nullable=False),
    )
    op.create_index("failures_by_age", "failures", ["finished"])
