"""the list, its changes, hits and webhooks"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('list_cursors',
    sa.Column('unit', sa.String(length=64), nullable=False),
    sa.Column('sequence', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('unit', name=op.f('pk_list_cursors'))
    )
    op.create_table('screenings',
    sa.Column('unit', sa.String(length=64), nullable=False),
    sa.Column('business_reference', sa.String(length=128), nullable=False),
    sa.Column('trigger', sa.String(length=64), nullable=False),
    sa.Column('body_hash', sa.String(length=64), nullable=False),
    sa.Column('list_sequence', sa.BigInteger(), nullable=False),
    sa.Column('subjects', sa.Integer(), nullable=False),
    sa.Column('hits', sa.Integer(), nullable=False),
    sa.Column('receipt', sa.String(length=64), nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('unit', 'business_reference', 'trigger', name=op.f('pk_screenings'))
    )
    op.create_table('webhooks',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('unit', sa.String(length=64), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('secret', sa.String(length=128), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('told', sa.BigInteger(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.String(length=32), nullable=False),
    sa.Column('lease', sa.String(length=64), nullable=True),
    sa.Column('leased_until', sa.String(length=32), nullable=True),
    sa.Column('last_error', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhooks'))
    )
    with op.batch_alter_table('webhooks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_webhooks_unit'), ['unit'], unique=False)

    op.create_table('entries',
    sa.Column('place', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('case_number', sa.String(length=64), nullable=False),
    sa.Column('id_number', sa.String(length=18), nullable=False),
    sa.Column('name', sa.String(length=128), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('mode', sa.String(length=32), nullable=False),
    sa.Column('employer', sa.String(length=128), nullable=True),
    sa.Column('misconduct', sa.JSON(), nullable=False),
    sa.Column('exclusions', sa.JSON(), nullable=False),
    sa.Column('performance', sa.String(length=16), nullable=False),
    sa.Column('associates', sa.JSON(), nullable=False),
    sa.Column('drafter', sa.String(length=64), nullable=False),
    sa.Column('second_reader', sa.String(length=64), nullable=True),
    sa.Column('signer', sa.String(length=64), nullable=True),
    sa.Column('warned_on', sa.String(length=10), nullable=True),
    sa.Column('service_proof', sa.Text(), nullable=True),
    sa.Column('decision_number', sa.String(length=128), nullable=True),
    sa.Column('decided_on', sa.String(length=10), nullable=True),
    sa.Column('grace_ends_on', sa.String(length=10), nullable=True),
    sa.Column('term_ends_on', sa.String(length=10), nullable=True),
    sa.Column('published_at', sa.String(length=32), nullable=True),
    sa.Column('exit_cause', sa.String(length=32), nullable=True),
    sa.Column('exit_proof', sa.Text(), nullable=True),
    sa.Column('exit_found_on', sa.String(length=10), nullable=True),
    sa.Column('removed_at', sa.String(length=32), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.String(length=32), nullable=False),
    sa.Column('changed_at', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['case_number'], ['cases.number'], name=op.f('fk_entries_case_number')),
    sa.PrimaryKeyConstraint('place', name=op.f('pk_entries')),
    sa.UniqueConstraint('id', name=op.f('uq_entries_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_entries_case_number'), ['case_number'], unique=False)
        batch_op.create_index(batch_op.f('ix_entries_id_number'), ['id_number'], unique=False)
        batch_op.create_index(batch_op.f('ix_entries_name'), ['name'], unique=False)
        batch_op.create_index(batch_op.f('ix_entries_state_term_ends_on'), ['state', 'term_ends_on'], unique=False)

    op.create_table('exclusions',
    sa.Column('case_number', sa.String(length=64), nullable=False),
    sa.Column('id_number', sa.String(length=18), nullable=False),
    sa.Column('reason', sa.String(length=32), nullable=False),
    sa.Column('remark', sa.Text(), nullable=False),
    sa.Column('actor', sa.String(length=64), nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['case_number'], ['cases.number'], name=op.f('fk_exclusions_case_number')),
    sa.PrimaryKeyConstraint('case_number', 'id_number', name=op.f('pk_exclusions'))
    )
    op.create_table('restriction_orders',
    sa.Column('number', sa.String(length=128), nullable=False),
    sa.Column('case_number', sa.String(length=64), nullable=False),
    sa.Column('id_number', sa.String(length=18), nullable=False),
    sa.Column('subjects', sa.JSON(), nullable=False),
    sa.Column('issued_on', sa.String(length=10), nullable=False),
    sa.Column('issued_by', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('releases', sa.JSON(), nullable=False),
    sa.Column('changed_at', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['case_number'], ['cases.number'], name=op.f('fk_restriction_orders_case_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_restriction_orders'))
    )
    with op.batch_alter_table('restriction_orders', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_restriction_orders_case_number'), ['case_number'], unique=False)
        batch_op.create_index(batch_op.f('ix_restriction_orders_id_number'), ['id_number'], unique=False)

    op.create_table('entry_events',
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('entry_id', sa.String(length=32), nullable=False),
    sa.Column('event', sa.String(length=32), nullable=False),
    sa.Column('from_state', sa.String(length=32), nullable=True),
    sa.Column('to_state', sa.String(length=32), nullable=False),
    sa.Column('actor', sa.String(length=64), nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_entry_events_entry_id')),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_entry_events')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('entry_events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_entry_events_entry_id'), ['entry_id'], unique=False)

    op.create_table('hits',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('unit', sa.String(length=64), nullable=False),
    sa.Column('business_reference', sa.String(length=128), nullable=False),
    sa.Column('trigger', sa.String(length=64), nullable=False),
    sa.Column('entry_id', sa.String(length=32), nullable=False),
    sa.Column('subject_type', sa.String(length=32), nullable=False),
    sa.Column('measures', sa.JSON(), nullable=False),
    sa.Column('catalogue_version', sa.String(length=32), nullable=False),
    sa.Column('confidence', sa.String(length=32), nullable=False),
    sa.Column('action', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('decided_by', sa.String(length=64), nullable=True),
    sa.Column('decision', sa.Text(), nullable=True),
    sa.Column('effect', sa.Text(), nullable=True),
    sa.Column('effect_ends_on', sa.String(length=10), nullable=True),
    sa.Column('decide_by', sa.String(length=32), nullable=False),
    sa.Column('feedback_by', sa.String(length=10), nullable=True),
    sa.Column('release_by', sa.String(length=10), nullable=True),
    sa.Column('retained_until', sa.String(length=10), nullable=True),
    sa.Column('retention_basis', sa.Text(), nullable=True),
    sa.Column('overdue', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('created_at', sa.String(length=32), nullable=False),
    sa.Column('changed_at', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_hits_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hits'))
    )
    with op.batch_alter_table('hits', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hits_entry_id'), ['entry_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_hits_unit_state_created_at'), ['unit', 'state', 'created_at'], unique=False)

    op.create_table('list_changes',
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('entry_id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.Column('transaction_id', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_list_changes_entry_id')),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_list_changes')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('list_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_list_changes_entry_id'), ['entry_id'], unique=False)

    op.create_table('list_objections',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('entry_id', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('filed_by', sa.String(length=64), nullable=False),
    sa.Column('grounds', sa.Text(), nullable=False),
    sa.Column('late', sa.Boolean(), nullable=False),
    sa.Column('judge', sa.String(length=64), nullable=True),
    sa.Column('decision', sa.Text(), nullable=True),
    sa.Column('served_on', sa.String(length=10), nullable=True),
    sa.Column('due_on', sa.String(length=10), nullable=True),
    sa.Column('created_at', sa.String(length=32), nullable=False),
    sa.Column('changed_at', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_list_objections_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_objections'))
    )
    with op.batch_alter_table('list_objections', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_list_objections_entry_id'), ['entry_id'], unique=False)

    op.create_table('list_receivers',
    sa.Column('entry_id', sa.String(length=32), nullable=False),
    sa.Column('unit', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('received_at', sa.String(length=32), nullable=False),
    sa.Column('removal_received_at', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_list_receivers_entry_id')),
    sa.PrimaryKeyConstraint('entry_id', 'unit', name=op.f('pk_list_receivers'))
    )
    op.create_table('hit_events',
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('hit_id', sa.String(length=32), nullable=False),
    sa.Column('event', sa.String(length=32), nullable=False),
    sa.Column('from_state', sa.String(length=32), nullable=True),
    sa.Column('to_state', sa.String(length=32), nullable=False),
    sa.Column('actor', sa.String(length=64), nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['hit_id'], ['hits.id'], name=op.f('fk_hit_events_hit_id')),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_hit_events')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('hit_events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hit_events_hit_id'), ['hit_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('hit_events', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hit_events_hit_id'))

    op.drop_table('hit_events')
    op.drop_table('list_receivers')
    with op.batch_alter_table('list_objections', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_list_objections_entry_id'))

    op.drop_table('list_objections')
    with op.batch_alter_table('list_changes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_list_changes_entry_id'))

    op.drop_table('list_changes')
    with op.batch_alter_table('hits', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hits_unit_state_created_at'))
        batch_op.drop_index(batch_op.f('ix_hits_entry_id'))

    op.drop_table('hits')
    with op.batch_alter_table('entry_events', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_entry_events_entry_id'))

    op.drop_table('entry_events')
    with op.batch_alter_table('restriction_orders', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_restriction_orders_id_number'))
        batch_op.drop_index(batch_op.f('ix_restriction_orders_case_number'))

    op.drop_table('restriction_orders')
    op.drop_table('exclusions')
    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_entries_state_term_ends_on'))
        batch_op.drop_index(batch_op.f('ix_entries_name'))
        batch_op.drop_index(batch_op.f('ix_entries_id_number'))
        batch_op.drop_index(batch_op.f('ix_entries_case_number'))

    op.drop_table('entries')
    with op.batch_alter_table('webhooks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_webhooks_unit'))

    op.drop_table('webhooks')
    op.drop_table('screenings')
    op.drop_table('list_cursors')
