"""Logs are read up to their first gap: the numbers of transactions are not needed any more."""

from alembic import op
import sqlalchemy as sa

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

LOGS = ('order_events', 'entry_events', 'hit_events', 'list_changes', 'list_correction_events', 'delegation_events')


def upgrade() -> None:
    for log in LOGS:
        op.drop_column(log, 'transaction_id')


def downgrade() -> None:
    for log in LOGS:
        op.add_column(log, sa.Column('transaction_id', sa.BigInteger(), nullable=True))
