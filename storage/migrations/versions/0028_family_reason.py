"""Notices say why somebody looked at a debtor's spouse and family."""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('affiliate_looks', sa.Column('family_reason', sa.String(length=32), nullable=True))
