"""Rounds of the leaderboard."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add when the present round of a class began."""
    op.add_column("classroom", sa.Column("round_at", sa.Double))
