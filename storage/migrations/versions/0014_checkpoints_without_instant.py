"""When a checkpoint was kept is nothing to rely on: how old the record is, its entries say, and they are signed."""

from alembic import op
import sqlalchemy as sa

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column('record_checkpoints', 'at')


def downgrade() -> None:
    op.add_column('record_checkpoints', sa.Column('at', sa.String(length=32), nullable=True))
    op.execute('UPDATE record_checkpoints SET at = (SELECT at FROM record_entries WHERE n = size - 1)')
