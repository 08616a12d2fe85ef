"""The short form of `python -m tests.record.kills`: no answered request without its entry."""

from functools import partial
from pathlib import Path

import anyio.to_thread
import pytest

from tests.record.kills import run

pytestmark = pytest.mark.anyio


async def test_what_was_answered_survives_a_kill_and_the_tree_verifies(
    record_url: str, tmp_path: Path
) -> None:
    lives = partial(run, record_url, tmp_path, kills=3, writers=2, seed=1, every=3)

    size = await anyio.to_thread.run_sync(lives)

    assert size > 3
