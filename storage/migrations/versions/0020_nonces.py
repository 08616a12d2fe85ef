"""What a client wants to find again in the ID token."""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('codes') as table:
        table.add_column(sa.Column('nonce', sa.String(length=255), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('codes') as table:
        table.drop_column('nonce')
