"""How many changes no webhook told of within the last day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Only an addition: a process of the version before works on."""
    op.add_column("poll", sa.Column("missed_lately", sa.Text()))
