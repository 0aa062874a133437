"""The second step of a login: its secret, the last code used, the recovery codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add what the second step needs."""
    op.add_column("accounts", sa.Column("totp_secret", sa.Text()))
    op.add_column("accounts", sa.Column("totp_step", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "recovery_codes",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column(
            "account_id", sa.Integer(), sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True
        ),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("recovery_codes")
    op.drop_column("accounts", "totp_step")
    op.drop_column("accounts", "totp_secret")
