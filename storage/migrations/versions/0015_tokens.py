"""Keys and certificates of clients; pushed requests, grants, refresh tokens, what came once, denials."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('clients', schema=None) as batch_op:
        batch_op.add_column(sa.Column('jwks', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('certificate_thumbprints', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('certificate_subject', sa.String(length=512), nullable=True))
        batch_op.add_column(sa.Column('bound_to', sa.String(length=8), nullable=True))

    with op.batch_alter_table('codes', schema=None) as batch_op:
        batch_op.add_column(sa.Column('dpop_jkt', sa.String(length=64), nullable=True))

    op.create_table('pushed_requests',
    sa.Column('handle_hash', sa.String(length=64), nullable=False),
    sa.Column('client_id', sa.String(length=64), nullable=False),
    sa.Column('parameters', sa.JSON(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('handle_hash', name=op.f('pk_pushed_requests'))
    )
    op.create_index(op.f('ix_pushed_requests_expires_at'), 'pushed_requests', ['expires_at'])
    op.create_table('token_grants',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('client_id', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.String(length=64), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('jkt', sa.String(length=64), nullable=True),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_token_grants'))
    )
    op.create_index(op.f('ix_token_grants_expires_at'), 'token_grants', ['expires_at'])
    op.create_table('refresh_tokens',
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('grant_id', sa.String(length=64), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_refresh_tokens'))
    )
    op.create_index(op.f('ix_refresh_tokens_grant_id'), 'refresh_tokens', ['grant_id'])
    op.create_table('used_once',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_used_once'))
    )
    op.create_index(op.f('ix_used_once_until'), 'used_once', ['until'])
    op.create_table('denials',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('value', sa.String(length=255), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_denials')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_denials_value'), 'denials', ['value'])


def downgrade() -> None:
    op.drop_table('denials')
    op.drop_table('used_once')
    op.drop_table('refresh_tokens')
    op.drop_table('token_grants')
    op.drop_table('pushed_requests')
    with op.batch_alter_table('codes', schema=None) as batch_op:
        batch_op.drop_column('dpop_jkt')
    with op.batch_alter_table('clients', schema=None) as batch_op:
        batch_op.drop_column('bound_to')
        batch_op.drop_column('certificate_subject')
        batch_op.drop_column('certificate_thumbprints')
        batch_op.drop_column('jwks')
