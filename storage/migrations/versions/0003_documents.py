"""documents, and whose papers they are"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('documents',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('media_type', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('uploaded_by', sa.String(length=64), nullable=False),
    sa.Column('uploaded_at', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_documents'))
    )
    with op.batch_alter_table('documents', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_documents_uploaded_at'), ['uploaded_at'], unique=False)

    op.create_table('order_documents',
    sa.Column('order_id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=128), nullable=False),
    sa.Column('attached_by', sa.String(length=64), nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_order_documents_order_id')),
    sa.ForeignKeyConstraint(['sha256'], ['documents.sha256'], name=op.f('fk_order_documents_sha256')),
    sa.PrimaryKeyConstraint('order_id', 'kind', 'sha256', name=op.f('pk_order_documents'))
    )
    with op.batch_alter_table('order_documents', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_documents_sha256'), ['sha256'], unique=False)


def downgrade() -> None:
    op.drop_table('order_documents')
    op.drop_table('documents')
