"""The snapshot over real sockets: whole, signed, resumable; nothing of who was removed; nothing lost behind it."""

import asyncio
import json
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.snapshot_office import SnapshotOffice, open_snapshot_office

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[SnapshotOffice]:
    async with open_snapshot_office(tmp_path) as opened:
        yield opened


async def verify(file: Path, jwks: Path | str) -> tuple[int, Any]:
    done = await asyncio.to_thread(
        subprocess.run,
        [
            *(sys.executable, "-c", "from gateway.cli import app; app()", "list"),
            *("verify-snapshot", str(file), "--jwks", str(jwks), "--json"),
        ],
        capture_output=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr.decode()


async def test_it_says_what_list_changes_says_and_its_cursor_goes_on(
    office: SnapshotOffice,
) -> None:
    gone = await office.court.listed()
    await office.court.removed(gone)
    await office.publish(3)

    _, [header, *rows, closing] = await office.taken()

    page = await office.court.changes("commerce")
    told = [one for one in page["nodes"] if one["kind"] == "LISTED"]
    assert [{name: row[name] for name in told[0]} for row in rows] == told
    assert (header["format"], header["cursor"]) == ("chakong-list-snapshot/1", page["cursor"])
    assert header["catalogueVersion"]
    assert closing["entries"] == len(rows) == 3
    assert gone not in json.dumps(rows)


async def test_what_changes_afterwards_comes_behind_the_cursor_and_asking_is_the_receipt(
    office: SnapshotOffice,
) -> None:
    await office.publish(5)
    _, [header, *_] = await office.taken()
    entry = await office.court.listed()
    await office.court.removed(entry)
    seen = "query ($e: ID!) { done: listEntry(id: $e) { receivers { unit removalReceivedAt } } }"
    in_it, behind = f"e_{3:024d}", entry
    before = await office.court.ask("officer", seen, e=in_it)

    page = await office.court.changes("tourism", header["cursor"])

    assert before["receivers"] == []
    assert [(one["kind"], one["entryId"]) for one in page["nodes"]] == [("REMOVED", behind)] * 2
    after = await office.court.ask("officer", seen, e=in_it)
    assert after["receivers"] == [{"unit": "tourism", "removalReceivedAt": None}]
    shown = await office.court.ask("officer", seen, e=behind)
    assert shown["receivers"] == [{"unit": "tourism", "removalReceivedAt": None}], "told, not taken"


async def test_a_download_that_broke_off_goes_on_where_it_was(office: SnapshotOffice) -> None:
    await office.publish(5_000)
    path = await office.address()
    part = b""
    async with office.client.stream("GET", path, headers=office.token("tourism")) as answer:
        tag, size = answer.headers["etag"], int(answer.headers["content-length"])
        async for piece in answer.aiter_bytes(10_000):
            part += piece
            if len(part) > size // 3:
                break
    await office.publish(1, 5_000)
    assert await office.address() != path, "the list went on, and so did the newest snapshot"

    rest = await office.get(path, range=f"bytes={len(part)}-", if_range=tag)

    whole = (await office.get(path)).content
    assert rest.status_code == 206
    assert part + rest.content == whole
    assert len(whole) == size
    file, _ = await office.taken(path)
    assert (await verify(file, office.place / "jwks.json"))[0] == 0


async def test_a_range_of_another_file_is_answered_with_the_whole(office: SnapshotOffice) -> None:
    await office.publish(2)

    answer = await office.get(await office.address(), range="bytes=10-", if_range='"another"')

    assert answer.status_code == 200


async def test_the_signature_is_found_good_and_one_changed_byte_is_found(
    office: SnapshotOffice,
) -> None:
    await office.publish(3)
    file, [header, *_] = await office.taken()
    content, jwks = file.read_bytes(), office.place / "jwks.json"

    good, said = await verify(file, jwks)
    by_address, _ = await verify(file, f"{office.client.base_url}/.well-known/jwks.json")

    assert (good, said["valid"], said["cursor"], said["entries"]) == (0, True, header["cursor"], 3)
    assert (said["issuer"], by_address) == (str(office.client.base_url), 0)
    name = content.index("某1".encode())
    closed = content.index(b'"sha256":"') + 10
    digit = b"0" if content[closed : closed + 1] != b"0" else b"1"
    for changed, code in (
        (content[:name] + "某2".encode() + content[name + 4 :], "CONTENT_DIFFERS"),
        (content[:closed] + digit + content[closed + 1 :], "CONTENT_DIFFERS"),
        (content[: len(content) // 2], "INCOMPLETE"),
        (content + b"\n", "CONTENT_DIFFERS"),
        (b"{}\n" + content, "NOT_A_SNAPSHOT"),
        (b"", "NOT_A_SNAPSHOT"),
    ):
        file.write_bytes(changed)
        assert await verify(file, jwks) == (1, {"valid": False, "code": code})


async def test_a_file_made_anew_without_the_courts_key_is_found(
    office: SnapshotOffice, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await office.publish(1)
    file, _ = await office.taken()
    async with open_snapshot_office(tmp_path_factory.mktemp("elsewhere")) as other:
        await other.publish(2)
        forged, _ = await other.taken()
    file.write_bytes(forged.read_bytes())
    signature = file.with_name("taken.jsonl.sig")

    assert (await verify(file, office.place / "jwks.json"))[1]["code"] == "SIGNATURE_WRONG"
    signature.write_bytes(forged.with_name("taken.jsonl.sig").read_bytes())
    assert (await verify(file, office.place / "jwks.json"))[1]["code"] == "SIGNATURE_WRONG"
    token = office.token("tourism")["authorization"].removeprefix("Bearer ")
    signature.write_text(token)
    assert (await verify(file, office.place / "jwks.json"))[1]["code"] == "SIGNATURE_WRONG"


async def test_without_the_scope_nothing_is_made(office: SnapshotOffice) -> None:
    await office.publish(1)
    executor = office.token("court", "court-executor")

    refused = await office.client.get("/list/snapshot", headers=executor)
    nobody = await office.client.get("/list/snapshot")

    assert (refused.status_code, nobody.status_code) == (403, 401)
    assert not (office.place / "snapshots").exists()
    path = await office.address()
    for one in (path, f"{path}.sig"):
        assert (await office.client.get(one, headers=executor)).status_code == 403


async def test_who_asks_together_shares_one_file_of_this_user_alone(
    office: SnapshotOffice,
) -> None:
    await office.publish(500)

    addresses = await asyncio.gather(*(office.address(f"unit-{turn}") for turn in range(8)))

    assert len(set(addresses)) == 1
    place = office.place / "snapshots"
    assert sorted(path.suffix for path in place.iterdir()) == [".jsonl", ".sig"]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()}
    assert (stat.S_IMODE(place.stat().st_mode), modes) == (0o700, {0o600})


async def test_after_a_removal_the_file_is_gone_for_everybody(office: SnapshotOffice) -> None:
    entry = await office.court.listed()
    path = await office.address()
    await office.court.removed(entry)

    for one in (path, f"{path}.sig"):
        answer = await office.get(one, range="bytes=10-")
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (
            410,
            "SNAPSHOT_GONE",
        )

    assert list((office.place / "snapshots").iterdir()) == []
    _, [header, closing] = await office.taken()
    assert (header["cursor"], closing["entries"]) == ("2", 0)


async def test_old_files_and_drafts_of_a_crash_are_removed(office: SnapshotOffice) -> None:
    await office.publish(1)
    path = await office.address()
    (office.place / "snapshots/1-x.part").write_text("half")
    office.court.world.now += timedelta(days=365)  # ahead of every file's own time
    await office.snapshots.clear()

    assert list((office.place / "snapshots").iterdir()) == []
    assert (await office.get(path)).status_code == 410


@pytest.mark.parametrize("name", ["..%2f..%2fchakong", "x", "1-" + "g" * 32, "%00", ".sig"])
async def test_no_other_file_is_served(office: SnapshotOffice, name: str) -> None:
    await office.publish(1)
    await office.address()

    answer = await office.get(f"/list/snapshot/{name}")

    assert answer.status_code in {404, 410}


async def test_what_cannot_be_written_is_said(office: SnapshotOffice) -> None:
    (office.place / "snapshots").write_text("a file where the directory should be")

    answer = await office.get("/list/snapshot")

    code = answer.json()["errors"][0]["extensions"]["code"]
    assert (answer.status_code, code) == (503, "SNAPSHOT_NOT_MADE")
