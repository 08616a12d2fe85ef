"""Tax refunds: by which route an order reaches one, and those that are watched until they are approved."""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('orders') as table:
        table.add_column(sa.Column('route', sa.String(length=32), nullable=True))
    op.create_table('refund_watches',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('case_number', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('asset_kind', sa.String(length=32), nullable=False),
    sa.Column('record', sa.String(length=64), nullable=False),
    sa.Column('id_number', sa.String(length=18), nullable=False),
    sa.Column('officer', sa.String(length=64), nullable=False),
    sa.Column('draft', sa.JSON(), nullable=False),
    sa.Column('status', sa.String(length=32), nullable=True),
    sa.Column('guard', sa.String(length=8), nullable=True),
    sa.Column('order_id', sa.String(length=32), nullable=True),
    sa.Column('created_at', sa.String(length=32), nullable=False),
    sa.Column('changed_at', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['case_number'], ['cases.number'], name=op.f('fk_refund_watches_case_number_cases')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund_watches'))
    )
    op.create_index(op.f('ix_refund_watches_case_number'), 'refund_watches', ['case_number'])
    op.create_index(op.f('ix_refund_watches_state'), 'refund_watches', ['state'])
    op.create_table('refund_cursors',
    sa.Column('department', sa.String(length=64), nullable=False),
    sa.Column('cursor', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('department', name=op.f('pk_refund_cursors'))
    )
