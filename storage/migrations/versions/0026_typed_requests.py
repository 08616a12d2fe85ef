"""What people of a unit are asked to type in, and what they typed."""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('typed_requests',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('open_key', sa.String(length=64), nullable=True),
    sa.Column('unit', sa.String(length=64), nullable=False),
    sa.Column('stem', sa.String(length=64), nullable=False),
    sa.Column('question', sa.String(length=64), nullable=False),
    sa.Column('case_number', sa.String(length=64), nullable=False),
    sa.Column('organisation', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=32), nullable=False),
    sa.Column('officer', sa.String(length=64), nullable=False),
    sa.Column('id_number', sa.String(length=18), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('asked_at', sa.String(length=32), nullable=False),
    sa.Column('due_at', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('answered_at', sa.String(length=32), nullable=True),
    sa.Column('answered_by', sa.String(length=64), nullable=True),
    sa.Column('answer', sa.JSON(), nullable=True),
    sa.Column('valid_until', sa.String(length=32), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_typed_requests')),
    sa.UniqueConstraint('open_key', name=op.f('uq_typed_requests_open_key'))
    )
    op.create_index(op.f('ix_typed_requests_key'), 'typed_requests', ['key'])
    op.create_index(op.f('ix_typed_requests_unit_state_asked_at'), 'typed_requests', ['unit', 'state', 'asked_at'])
