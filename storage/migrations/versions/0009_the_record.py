"""The record: leaves, sealed people, terms, subtrees, checkpoints, cursors."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('record_checkpoints',
    sa.Column('size', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('size', name=op.f('pk_record_checkpoints'))
    )
    op.create_table('record_cursors',
    sa.Column('source', sa.String(length=32), nullable=False),
    sa.Column('sequence', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('source', name=op.f('pk_record_cursors'))
    )
    op.create_table('record_entries',
    sa.Column('n', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('unit', sa.String(length=64), nullable=False),
    sa.Column('decision', sa.String(length=64), nullable=False),
    sa.Column('leaf', sa.LargeBinary(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_record_entries'))
    )
    op.create_table('record_nodes',
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('height', 'position', name=op.f('pk_record_nodes'))
    )
    op.create_table('record_people',
    sa.Column('n', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_record_people'))
    )
    op.create_table('record_terms',
    sa.Column('term', sa.LargeBinary(), nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('term', 'n', name=op.f('pk_record_terms')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('entry_events', schema=None) as batch_op:
        batch_op.add_column(sa.Column('transaction_id', sa.BigInteger(), nullable=True))

    with op.batch_alter_table('hit_events', schema=None) as batch_op:
        batch_op.add_column(sa.Column('transaction_id', sa.BigInteger(), nullable=True))

    with op.batch_alter_table('list_correction_events', schema=None) as batch_op:
        batch_op.add_column(sa.Column('transaction_id', sa.BigInteger(), nullable=True))



    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_entries_state_place'), ['state', 'place'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_entries_state_place'))

    with op.batch_alter_table('list_correction_events', schema=None) as batch_op:
        batch_op.drop_column('transaction_id')

    with op.batch_alter_table('hit_events', schema=None) as batch_op:
        batch_op.drop_column('transaction_id')

    with op.batch_alter_table('entry_events', schema=None) as batch_op:
        batch_op.drop_column('transaction_id')

    op.drop_table('record_terms')
    op.drop_table('record_people')
    op.drop_table('record_nodes')
    op.drop_table('record_entries')
    op.drop_table('record_cursors')
    op.drop_table('record_checkpoints')
