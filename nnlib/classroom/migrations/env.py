"""Alembic runs this for every command. The caller passes a connection, inside a transaction of its own."""

from alembic import context

from nnlib.classroom.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
    target_metadata=Base.metadata,
)
context.run_migrations()
