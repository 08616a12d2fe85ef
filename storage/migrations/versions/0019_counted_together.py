"""What all instances count together: attempts to sign in, people an officer asks about."""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('attempts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempts'))
    )
    op.create_index(op.f('ix_attempts_digest'), 'attempts', ['digest'])
    op.create_index(op.f('ix_attempts_at'), 'attempts', ['at'])
    op.create_table('persons_asked',
    sa.Column('officer', sa.String(length=64), nullable=False),
    sa.Column('person', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('officer', 'person', name=op.f('pk_persons_asked'))
    )
    op.create_index(op.f('ix_persons_asked_at'), 'persons_asked', ['at'])
    with op.batch_alter_table('requests') as table:
        table.alter_column('actor', existing_type=sa.String(length=64), type_=sa.String(length=160))


def downgrade() -> None:
    op.drop_table('persons_asked')
    op.drop_table('attempts')
