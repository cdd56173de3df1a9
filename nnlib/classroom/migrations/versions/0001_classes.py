"""Classes, members, attempts, polls and votes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "classroom",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("code", sa.String(12), nullable=False, unique=True),
        sa.Column("secret", sa.String(64), nullable=False, unique=True),
        sa.Column("opened_at", sa.Double, nullable=False),
        sa.Column("open_until", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False, index=True),
        sa.Column("invitation", sa.JSON),
    )
    op.create_table(
        "classroom_member",
        sa.Column("id", sa.Integer, primary_key=True),
        _belongs_to("classroom"),
        sa.Column("pseudonym", sa.String(40), nullable=False),
        sa.Column("spelling", sa.String(600), nullable=False),
        sa.Column("token", sa.String(64), nullable=False, unique=True),
        sa.Column("joined_at", sa.Double, nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False),
        sa.Column("moved_at", sa.Double, nullable=False),
        sa.Column("page", sa.String(120), nullable=False),
        sa.Column("runs", sa.Integer, nullable=False),
        sa.UniqueConstraint("classroom_id", "spelling"),
    )
    op.create_table(
        "classroom_attempt",
        sa.Column("id", sa.Integer, primary_key=True),
        _belongs_to("classroom"),
        _belongs_to("classroom_member", "member_id", index=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("right", sa.Boolean),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index(None, "classroom_attempt", ["classroom_id", "member_id", "item"])
    op.create_table(
        "classroom_poll",
        sa.Column("id", sa.Integer, primary_key=True),
        _belongs_to("classroom", index=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("is_markdown", sa.Boolean, nullable=False),
        sa.Column("choices", sa.JSON, nullable=False),
        sa.Column("answer", sa.Integer),
        _belongs_to("classroom_poll", "first_id", nullable=True, index=True),
        sa.Column("opened_at", sa.Double, nullable=False),
        sa.Column("closed_at", sa.Double),
    )
    op.create_table(
        "classroom_vote",
        sa.Column("id", sa.Integer, primary_key=True),
        _belongs_to("classroom_poll", "poll_id"),
        _belongs_to("classroom_member", "member_id", index=True),
        sa.Column("choice", sa.Integer, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.UniqueConstraint("poll_id", "member_id"),
    )


def _belongs_to(table, column=None, nullable=False, index=False):
    key = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(column or f"{table}_id", sa.Integer, key, nullable=nullable, index=index)
