"""Delegations of the person's view, and their events; orders by person."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f('ix_orders_id_number'), 'orders', ['id_number'], unique=False)
    op.create_table('delegations',
    sa.Column('place', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('giver', sa.String(length=18), nullable=False),
    sa.Column('delegate', sa.String(length=18), nullable=False),
    sa.Column('parts', sa.JSON(), nullable=False),
    sa.Column('starts_on', sa.String(length=10), nullable=False),
    sa.Column('ends_on', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('given_by', sa.String(length=128), nullable=False),
    sa.Column('document', sa.String(length=128), nullable=True),
    sa.Column('case_number', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.String(length=32), nullable=False),
    sa.Column('changed_at', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('place', name=op.f('pk_delegations')),
    sa.UniqueConstraint('id', name=op.f('uq_delegations_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_delegations_case_number'), 'delegations', ['case_number'], unique=False)
    op.create_index(op.f('ix_delegations_delegate'), 'delegations', ['delegate'], unique=False)
    op.create_index(op.f('ix_delegations_giver'), 'delegations', ['giver'], unique=False)
    op.create_table('delegation_events',
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('delegation_id', sa.String(length=32), nullable=False),
    sa.Column('case_number', sa.String(length=64), nullable=True),
    sa.Column('event', sa.String(length=32), nullable=False),
    sa.Column('from_state', sa.String(length=32), nullable=True),
    sa.Column('to_state', sa.String(length=32), nullable=False),
    sa.Column('actor', sa.String(length=128), nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.Column('transaction_id', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['delegation_id'], ['delegations.id'], name=op.f('fk_delegation_events_delegation_id')),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_delegation_events')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_delegation_events_delegation_id'), 'delegation_events', ['delegation_id'], unique=False)


def downgrade() -> None:
    op.drop_table('delegation_events')
    op.drop_table('delegations')
    op.drop_index(op.f('ix_orders_id_number'), table_name='orders')
