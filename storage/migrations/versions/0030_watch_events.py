"""What becomes of a watched refund, step by step: the record tells of it."""

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('refund_watch_events',
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('watch_id', sa.String(length=32), nullable=False),
    sa.Column('case_number', sa.String(length=64), nullable=False),
    sa.Column('event', sa.String(length=32), nullable=False),
    sa.Column('from_state', sa.String(length=32), nullable=True),
    sa.Column('to_state', sa.String(length=32), nullable=False),
    sa.Column('actor', sa.String(length=128), nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['watch_id'], ['refund_watches.id'], name=op.f('fk_refund_watch_events_watch_id')),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_refund_watch_events')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_refund_watch_events_watch_id'), 'refund_watch_events', ['watch_id'])


def downgrade() -> None:
    op.drop_table('refund_watch_events')
