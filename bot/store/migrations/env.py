"""What alembic runs: the migrations, in the transaction of the connection that it is handed."""

from alembic import context

from bot.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite rolls tables back too: a half-made step never stays
)
context.run_migrations()
