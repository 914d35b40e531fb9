"""What Alembic runs: the revisions of this folder, on the connection it is given."""

from __future__ import annotations

from alembic import context

from plugin.casebook.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
