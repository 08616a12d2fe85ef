"""parts of claims, our own recoveries, excesses, and what became of differences"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

_PARTS = ('principal_fen', 'agreed_interest_fen', 'costs_fen', 'enforcement_fee_fen')


def upgrade() -> None:
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('recovered_as_of', sa.String(length=32), nullable=True))
        for name in _PARTS:
            batch_op.add_column(sa.Column(name, sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('perform_by', sa.String(length=10), nullable=True))

    op.create_table('recoveries',
    sa.Column('order_id', sa.String(length=32), nullable=False),
    sa.Column('receipt_number', sa.String(length=64), nullable=False),
    sa.Column('case_number', sa.String(length=64), nullable=False),
    sa.Column('fen', sa.BigInteger(), nullable=False),
    sa.Column('received_at', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_recoveries_order_id')),
    sa.PrimaryKeyConstraint('order_id', 'receipt_number', name=op.f('pk_recoveries'))
    )
    with op.batch_alter_table('recoveries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recoveries_case_number'), ['case_number'], unique=False)

    # Until now deductions were added to the register's sum: it has all of them so far.
    op.execute(
        "INSERT INTO recoveries (order_id, receipt_number, case_number, fen, received_at) "
        "SELECT o.id, r.number, o.case_number, r.controlled, r.received_at "
        "FROM orders o JOIN receipts r ON r.order_id = o.id "
        "WHERE o.action = 'DEDUCT' AND r.controlled > 0"
    )
    op.execute(
        "UPDATE cases SET recovered_as_of = (SELECT MAX(received_at) FROM recoveries "
        "WHERE recoveries.case_number = cases.number)"
    )

    op.create_table('excesses',
    sa.Column('case_number', sa.String(length=64), nullable=False),
    sa.Column('arose_at', sa.String(length=32), nullable=False),
    sa.Column('order_id', sa.String(length=32), nullable=False),
    sa.Column('warned_on', sa.String(length=10), nullable=True),
    sa.Column('ended_at', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['case_number'], ['cases.number'], name=op.f('fk_excesses_case_number')),
    sa.PrimaryKeyConstraint('case_number', 'arose_at', name=op.f('pk_excesses'))
    )
    with op.batch_alter_table('excesses', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_excesses_ended_at'), ['ended_at'], unique=False)

    op.create_table('reconciliations',
    sa.Column('department', sa.String(length=64), nullable=False),
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.Column('compared', sa.Integer(), nullable=False),
    sa.Column('moved', sa.Integer(), nullable=False),
    sa.Column('differing', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('department', 'day', name=op.f('pk_reconciliations'))
    )

    with op.batch_alter_table('discrepancies', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_discrepancies_department_resolved_at'))
        batch_op.add_column(sa.Column('gone_at', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('resolved_by', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('remark', sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f('ix_discrepancies_department_gone_at'), ['department', 'gone_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_discrepancies_order_id_gone_at'), ['order_id', 'gone_at'], unique=False)

    # Nobody resolved anything yet: what was resolved had gone by itself.
    op.execute("UPDATE discrepancies SET gone_at = resolved_at, resolved_at = NULL")


def downgrade() -> None:
    op.execute("UPDATE discrepancies SET resolved_at = gone_at")
    with op.batch_alter_table('discrepancies', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_discrepancies_order_id_gone_at'))
        batch_op.drop_index(batch_op.f('ix_discrepancies_department_gone_at'))
        batch_op.drop_column('remark')
        batch_op.drop_column('resolved_by')
        batch_op.drop_column('gone_at')
        batch_op.create_index(batch_op.f('ix_discrepancies_department_resolved_at'), ['department', 'resolved_at'], unique=False)

    op.drop_table('reconciliations')
    op.drop_table('excesses')
    op.execute(
        "UPDATE cases SET recovered_fen = recovered_fen + COALESCE((SELECT SUM(fen) FROM recoveries "
        "WHERE recoveries.case_number = cases.number AND (cases.recovered_as_of IS NULL "
        "OR recoveries.received_at > cases.recovered_as_of)), 0)"
    )
    op.drop_table('recoveries')
    with op.batch_alter_table('cases', schema=None) as batch_op:
        for name in (*_PARTS, 'perform_by', 'recovered_as_of'):
            batch_op.drop_column(name)
