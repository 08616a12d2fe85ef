"""A gateway that is restarted while an issuer is down knows its keys as long as it would have anyhow."""

import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from auth.errors import InvalidToken
from auth.issuer_keys import FRESH
from auth.kept_key_set import KeptKeySet
from tests.auth.world import NOW, bearer
from tests.connectors.servers import Drop
from tests.issuers.foreign import KEYS_AT, Court, ForeignIssuer, public

pytestmark = pytest.mark.anyio
SCOPE: dict[str, Any] = {}


@pytest.fixture
async def issuer() -> AsyncIterator[ForeignIssuer]:
    async with ForeignIssuer().listening() as listening:
        yield listening


async def seen_once(issuer: ForeignIssuer, data: Path) -> None:
    """Let a gateway see the issuer's keys, then end; and the issuer go down."""
    async with Court(issuer.url, data=data) as court:
        await court.guard.admit(SCOPE, bearer(issuer.token()))
    issuer.answers[issuer.place] = issuer.answers[KEYS_AT] = Drop()


def only_file(folder: Path) -> Path:
    [file] = folder.iterdir()
    return file


@pytest.mark.parametrize(
    ("down_for", "good"),
    [
        pytest.param(0, True, id="at once"),
        pytest.param(FRESH + 3590, True, id="just before the end"),
        pytest.param(FRESH + 3600, False, id="at the end"),
        pytest.param(-1, False, id="from the future"),
    ],
)
async def test_a_restart_in_an_outage_neither_shortens_nor_extends_it(
    issuer: ForeignIssuer, tmp_path: Path, down_for: float, good: bool
) -> None:
    await seen_once(issuer, tmp_path)
    restarted = Court(issuer.url, data=tmp_path)
    restarted.ticks.now += down_for
    async with restarted:
        if not good:
            with pytest.raises(InvalidToken):
                await restarted.guard.admit(SCOPE, bearer(issuer.token()))
            return

        assert await restarted.guard.admit(SCOPE, bearer(issuer.token()))
        restarted.ticks.now += FRESH + 3600 - down_for
        with pytest.raises(InvalidToken):
            await restarted.guard.admit(SCOPE, bearer(issuer.token(jti="later")))


async def test_the_file_is_ours_alone_and_of_one_issuer(
    issuer: ForeignIssuer, tmp_path: Path
) -> None:
    await seen_once(issuer, tmp_path / "issuer-keys")
    file = only_file(tmp_path / "issuer-keys")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    other = KeptKeySet(file.parent, "https://other.example", clock=lambda: NOW)
    file.rename(other._path)
    assert other.last() is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"{}",
        b'{"issuer": "%s"}',
        b'{"issuer": "%s", "fetchedAt": "1", "document": "{}"}',
        b'{"issuer": "%s", "fetchedAt": 1, "document": 7}',
        b'{"issuer": "%s", "fetchedAt": 1, "document": "\\ud800"}',
        b'{"issuer": "%s", "fetchedAt": 1790000000, "document": "no keys"}',
        b"\xff",
    ],
)
async def test_a_damaged_file_is_no_file(
    issuer: ForeignIssuer, tmp_path: Path, content: bytes
) -> None:
    await seen_once(issuer, tmp_path)
    file = only_file(tmp_path)
    file.write_bytes(content.replace(b"%s", issuer.url.encode()))

    async with Court(issuer.url, data=tmp_path) as court:
        with pytest.raises(InvalidToken):
            await court.guard.admit(SCOPE, bearer(issuer.token()))


async def test_what_is_fetched_replaces_what_was_kept(
    issuer: ForeignIssuer, tmp_path: Path
) -> None:
    await seen_once(issuer, tmp_path)
    issuer.answers.clear()
    issuer.keys = issuer.keys[:1]
    async with Court(issuer.url, data=tmp_path) as court:
        assert court.keys[0].find("eddsa") is not None
        await court.keys[0]._fetch(known=True)
        assert court.keys[0].find("eddsa") is None

    file = only_file(tmp_path)
    kept = json.loads(json.loads(file.read_text())["document"])
    assert kept["keys"] == public(*issuer.keys)


async def test_a_folder_that_cannot_be_written_costs_the_file_alone(
    issuer: ForeignIssuer, tmp_path: Path
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder would be")

    async with Court(issuer.url, data=blocked) as court:
        assert await court.guard.admit(SCOPE, bearer(issuer.token()))
