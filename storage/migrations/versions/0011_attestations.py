"""What others say of the record's checkpoints: further signatures, time stamps."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('record_lines',
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('key', sa.String(length=160), nullable=False),
    sa.Column('line', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('size', 'key', name=op.f('pk_record_lines'))
    )
    op.create_table('record_stamps',
    sa.Column('size', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.Column('token', sa.LargeBinary(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('size', name=op.f('pk_record_stamps'))
    )


def downgrade() -> None:
    op.drop_table('record_stamps')
    op.drop_table('record_lines')
