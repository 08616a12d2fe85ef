"""Requests to correct the list, people bound to a number, conduct, reminders; list_objections had no writer."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('list_reminders',
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('target', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('rule', sa.String(length=32), nullable=False),
    sa.Column('unit', sa.String(length=64), nullable=False),
    sa.Column('level', sa.String(length=16), nullable=False),
    sa.Column('due_on', sa.String(length=10), nullable=False),
    sa.Column('raised_at', sa.String(length=32), nullable=False),
    sa.Column('settled_at', sa.String(length=32), nullable=True),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_list_reminders')),
    sa.UniqueConstraint('target', 'kind', 'due_on', 'level', name=op.f('uq_list_reminders_target_kind_due_on_level')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('list_reminders', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_list_reminders_unit_settled_at'), ['unit', 'settled_at'], unique=False)

    op.create_table('verified_people',
    sa.Column('subject', sa.String(length=128), nullable=False),
    sa.Column('id_number', sa.String(length=18), nullable=False),
    sa.Column('verified_by', sa.String(length=128), nullable=False),
    sa.Column('verified_at', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('subject', name=op.f('pk_verified_people'))
    )
    with op.batch_alter_table('verified_people', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_verified_people_id_number'), ['id_number'], unique=False)

    op.create_table('conduct_records',
    sa.Column('case_number', sa.String(length=64), nullable=False),
    sa.Column('id_number', sa.String(length=18), nullable=False),
    sa.Column('misconduct', sa.String(length=48), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('actor', sa.String(length=128), nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['case_number'], ['cases.number'], name=op.f('fk_conduct_records_case_number')),
    sa.PrimaryKeyConstraint('case_number', 'id_number', 'misconduct', name=op.f('pk_conduct_records'))
    )
    op.create_table('list_corrections',
    sa.Column('place', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('entry_id', sa.String(length=32), nullable=False),
    sa.Column('asks', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('filed_by', sa.String(length=128), nullable=False),
    sa.Column('on_paper', sa.Boolean(), nullable=False),
    sa.Column('grounds', sa.Text(), nullable=False),
    sa.Column('filed_on', sa.String(length=10), nullable=False),
    sa.Column('late', sa.Boolean(), nullable=False),
    sa.Column('judge', sa.String(length=128), nullable=True),
    sa.Column('granted', sa.String(length=16), nullable=True),
    sa.Column('decision', sa.Text(), nullable=True),
    sa.Column('decided_on', sa.String(length=10), nullable=True),
    sa.Column('served_on', sa.String(length=10), nullable=True),
    sa.Column('asked_again_on', sa.String(length=10), nullable=True),
    sa.Column('corrected_at', sa.String(length=32), nullable=True),
    sa.Column('created_at', sa.String(length=32), nullable=False),
    sa.Column('changed_at', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_list_corrections_entry_id')),
    sa.PrimaryKeyConstraint('place', name=op.f('pk_list_corrections')),
    sa.UniqueConstraint('id', name=op.f('uq_list_corrections_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('list_corrections', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_list_corrections_entry_id'), ['entry_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_list_corrections_state'), ['state'], unique=False)

    op.create_table('list_correction_events',
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('correction_id', sa.String(length=32), nullable=False),
    sa.Column('event', sa.String(length=32), nullable=False),
    sa.Column('from_state', sa.String(length=32), nullable=True),
    sa.Column('to_state', sa.String(length=32), nullable=False),
    sa.Column('actor', sa.String(length=128), nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['correction_id'], ['list_corrections.id'], name=op.f('fk_list_correction_events_correction_id')),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_list_correction_events')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('list_correction_events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_list_correction_events_correction_id'), ['correction_id'], unique=False)

    with op.batch_alter_table('list_objections', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_list_objections_entry_id'))

    op.drop_table('list_objections')
    with op.batch_alter_table('hits', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hits_state_decide_by'), ['state', 'decide_by'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('hits', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hits_state_decide_by'))
    op.create_table('list_objections',
    sa.Column('id', sa.VARCHAR(length=32), nullable=False),
    sa.Column('entry_id', sa.VARCHAR(length=32), nullable=False),
    sa.Column('state', sa.VARCHAR(length=32), nullable=False),
    sa.Column('filed_by', sa.VARCHAR(length=64), nullable=False),
    sa.Column('grounds', sa.TEXT(), nullable=False),
    sa.Column('late', sa.BOOLEAN(), nullable=False),
    sa.Column('judge', sa.VARCHAR(length=64), nullable=True),
    sa.Column('decision', sa.TEXT(), nullable=True),
    sa.Column('served_on', sa.VARCHAR(length=10), nullable=True),
    sa.Column('due_on', sa.VARCHAR(length=10), nullable=True),
    sa.Column('created_at', sa.VARCHAR(length=32), nullable=False),
    sa.Column('changed_at', sa.VARCHAR(length=32), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_list_objections_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_objections'))
    )
    with op.batch_alter_table('list_objections', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_list_objections_entry_id'), ['entry_id'], unique=False)

    with op.batch_alter_table('list_correction_events', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_list_correction_events_correction_id'))

    op.drop_table('list_correction_events')
    with op.batch_alter_table('list_corrections', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_list_corrections_state'))
        batch_op.drop_index(batch_op.f('ix_list_corrections_entry_id'))

    op.drop_table('list_corrections')
    op.drop_table('conduct_records')
    with op.batch_alter_table('verified_people', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_verified_people_id_number'))

    op.drop_table('verified_people')
    with op.batch_alter_table('list_reminders', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_list_reminders_unit_settled_at'))

    op.drop_table('list_reminders')
