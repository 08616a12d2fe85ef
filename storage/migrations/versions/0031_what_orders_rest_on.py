"""What an order rests on besides: why the asset is not exempt, what it is worth, why it is kept whole."""

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.add_column(sa.Column('not_exempt', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('value_fen', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('kept_because', sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.drop_column('kept_because')
        batch_op.drop_column('value_fen')
        batch_op.drop_column('not_exempt')
