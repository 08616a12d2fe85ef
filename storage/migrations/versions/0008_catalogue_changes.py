"""Changes of the catalogue, and the first of two people who confirm a hit."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('catalogue_changes',
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('change', sa.JSON(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.Column('proposed_by', sa.String(length=128), nullable=False),
    sa.Column('proposed_at', sa.String(length=32), nullable=False),
    sa.Column('decided_by', sa.String(length=128), nullable=True),
    sa.Column('decided_at', sa.String(length=32), nullable=True),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_catalogue_changes')),
    sa.UniqueConstraint('id', name=op.f('uq_catalogue_changes_id')),
    sa.UniqueConstraint('version', name=op.f('uq_catalogue_changes_version')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('hits', schema=None) as batch_op:
        batch_op.add_column(sa.Column('confirmed_by', sa.String(length=64), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('hits', schema=None) as batch_op:
        batch_op.drop_column('confirmed_by')

    op.drop_table('catalogue_changes')
