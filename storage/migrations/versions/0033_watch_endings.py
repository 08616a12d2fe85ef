"""Why a watch of a refund is over; its bureau is told."""

import sqlalchemy as sa
from alembic import op

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('refund_watches') as table:
        table.add_column(sa.Column('ending', sa.String(length=16), nullable=True))
        table.add_column(sa.Column('reason', sa.Text(), nullable=True))
    op.execute(
        "UPDATE refund_watches SET ending = CASE WHEN status IN ('PAID', 'REJECTED') THEN status "
        "ELSE 'REFUSED' END WHERE state = 'ENDED'"
    )


def downgrade() -> None:
    with op.batch_alter_table('refund_watches') as table:
        table.drop_column('reason')
        table.drop_column('ending')
