"""The database's steps from one version to the next, each a file in `versions`; `upgrade` walks them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest version, inside the transaction that `connection` is in."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def steps_of(connection: Connection) -> frozenset[str]:
    """The newest steps that the database has been through; none of one that is new."""
    return frozenset(MigrationContext.configure(connection).get_current_heads())


def all_known(steps: frozenset[str]) -> bool:
    """Whether this version knows these steps."""
    return steps <= {step.revision for step in ScriptDirectory(str(Path(__file__).parent)).walk_revisions()}
