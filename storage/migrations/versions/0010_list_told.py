"""How far a unit was told of the list; who asked for a listing; how an order was lifted, an exclusion ended."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('list_cursors', schema=None) as batch_op:
        batch_op.add_column(sa.Column('told', sa.BigInteger(), server_default='0', nullable=False))
    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.add_column(sa.Column('requested_on', sa.String(length=10), nullable=True))
    with op.batch_alter_table('restriction_orders', schema=None) as batch_op:
        batch_op.add_column(sa.Column('lifted_on', sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column('lifted_by', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('lift_reason', sa.Text(), nullable=True))
    with op.batch_alter_table('exclusions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('ended_at', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('ended_by', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('end_reason', sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('exclusions', schema=None) as batch_op:
        batch_op.drop_column('end_reason')
        batch_op.drop_column('ended_by')
        batch_op.drop_column('ended_at')
    with op.batch_alter_table('restriction_orders', schema=None) as batch_op:
        batch_op.drop_column('lift_reason')
        batch_op.drop_column('lifted_by')
        batch_op.drop_column('lifted_on')
    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.drop_column('requested_on')
    with op.batch_alter_table('list_cursors', schema=None) as batch_op:
        batch_op.drop_column('told')
