"""Migrations are one chain, and the code knows its end: a database that is there already is brought up to it."""

from alembic.config import Config
from alembic.script import ScriptDirectory

from storage import migration


def test_the_newest_migration_is_the_only_end_of_the_chain() -> None:
    config = Config()
    config.set_main_option("script_location", str(migration.SCRIPTS))
    scripts = ScriptDirectory.from_config(config)

    chain = [one.revision for one in scripts.walk_revisions()]

    assert scripts.get_heads() == [migration.NEWEST]
    assert chain == sorted(chain, reverse=True)
