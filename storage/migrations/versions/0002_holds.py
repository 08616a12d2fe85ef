"""holds, duties, and orders on holds"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('holds',
    sa.Column('order_id', sa.String(length=32), nullable=False),
    sa.Column('case_number', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=True),
    sa.Column('need', sa.BigInteger(), nullable=False),
    sa.Column('controlled', sa.BigInteger(), nullable=False),
    sa.Column('starts_on', sa.String(length=10), nullable=True),
    sa.Column('ends_on', sa.String(length=10), nullable=True),
    sa.Column('warned_days', sa.Integer(), nullable=True),
    sa.Column('changed_at', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_holds_order_id')),
    sa.PrimaryKeyConstraint('order_id', name=op.f('pk_holds'))
    )
    with op.batch_alter_table('holds', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_holds_case_number'), ['case_number'], unique=False)
        batch_op.create_index(batch_op.f('ix_holds_state_ends_on'), ['state', 'ends_on'], unique=False)

    # Until now an order in force had exactly one receipt: what it holds stands there.
    op.execute(
        "INSERT INTO holds (order_id, case_number, state, rank, need, controlled, starts_on, "
        "ends_on, changed_at) SELECT o.id, o.case_number, "
        "CASE WHEN o.state = 'WAITING' THEN 'WAITING' ELSE 'ACTIVE' END, r.rank, r.asked, "
        "r.controlled, r.starts_on, r.ends_on, o.changed_at "
        "FROM orders o JOIN receipts r ON r.order_id = o.id "
        "WHERE o.state IN ('EXECUTED', 'PARTIALLY_EXECUTED', 'WAITING')"
    )
    op.create_table('duties',
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('holder', sa.String(length=64), nullable=False),
    sa.Column('until', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_duties'))
    )
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.add_column(sa.Column('hold_order', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('gates', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('floor_fen', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('answer_due_at', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('overdue', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index(batch_op.f('ix_orders_hold_order'), ['hold_order'], unique=False)

    op.create_table('discrepancies',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('department', sa.String(length=64), nullable=False),
    sa.Column('delivery_key', sa.String(length=64), nullable=False),
    sa.Column('order_id', sa.String(length=32), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('ours', sa.Text(), nullable=False),
    sa.Column('theirs', sa.Text(), nullable=False),
    sa.Column('found_at', sa.String(length=32), nullable=False),
    sa.Column('resolved_at', sa.String(length=32), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_discrepancies')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('discrepancies', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_discrepancies_department_resolved_at'), ['department', 'resolved_at'], unique=False)

    with op.batch_alter_table('order_events', schema=None) as batch_op:
        batch_op.add_column(sa.Column('transaction_id', sa.BigInteger(), nullable=True))

    with op.batch_alter_table('parties', schema=None) as batch_op:
        batch_op.add_column(sa.Column('bankrupt', sa.Boolean(), server_default=sa.false(), nullable=False))

    op.create_table('objections',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('case_number', sa.String(length=64), nullable=False),
    sa.Column('record', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('rejection_served_on', sa.String(length=10), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objections'))
    )
    with op.batch_alter_table('objections', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_objections_case_number'), ['case_number'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('order_events', schema=None) as batch_op:
        batch_op.drop_column('transaction_id')

    op.drop_table('discrepancies')
    op.drop_table('objections')
    with op.batch_alter_table('parties', schema=None) as batch_op:
        batch_op.drop_column('bankrupt')

    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_orders_hold_order'))
        batch_op.drop_column('overdue')
        batch_op.drop_column('answer_due_at')
        batch_op.drop_column('floor_fen')
        batch_op.drop_column('gates')
        batch_op.drop_column('hold_order')

    op.drop_table('duties')
    op.drop_table('holds')
