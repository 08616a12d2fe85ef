"""Pushed authorization requests are counted for each client and sender."""

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('pushed_requests') as table:
        table.add_column(sa.Column('sender', sa.String(length=64), nullable=True))
    op.create_index(op.f('ix_pushed_requests_client_id_sender'), 'pushed_requests', ['client_id', 'sender'])


def downgrade() -> None:
    op.drop_index(op.f('ix_pushed_requests_client_id_sender'), table_name='pushed_requests')
    with op.batch_alter_table('pushed_requests') as table:
        table.drop_column('sender')
