"""Which refund an order freezes that goes to the bank of the refund's account."""

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('orders') as table:
        table.add_column(sa.Column('refund_id', sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('orders') as table:
        table.drop_column('refund_id')
