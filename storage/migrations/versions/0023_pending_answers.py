"""What is kept for tickets of answers that come later."""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('pending_answers',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_pending_answers'))
    )
    op.create_index(op.f('ix_pending_answers_until'), 'pending_answers', ['until'])


def downgrade() -> None:
    op.drop_table('pending_answers')
