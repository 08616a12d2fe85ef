"""Bundles: what was signed verifies, what was changed is found, by our command and by another library."""

import asyncio
import dataclasses
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from gateway.record_bundle import NoBundle, read_manifest
from gateway.record_keeper import checkpoint_note
from gateway.record_verify import verify_bundle
from storage.record import EMPTY, last_checkpoint
from tests.record.campaign import differs, run
from tests.record.histories import bundled, lived
from tests.record.tampering import tamper
from tests.record.world import ORIGIN, RecordWorld, draft, record_world

pytestmark = pytest.mark.anyio
VERIFIER = Path(__file__).parents[2] / "examples" / "audit-verifier" / "verify.py"


@pytest.fixture
async def lived_in(tmp_path: Path) -> AsyncIterator[RecordWorld]:
    async with record_world(f"sqlite:///{tmp_path / 'r.db'}", tmp_path) as world:
        await lived(world, random.Random(5), 300)
        yield world


def other_verdict(key: str, *bundles: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(VERIFIER), key, *map(str, bundles)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.strip()


async def test_a_bundle_verifies_by_both(lived_in: RecordWorld, tmp_path: Path) -> None:
    bundle = await bundled(lived_in, tmp_path / "bundle")

    manifest, found = verify_bundle(bundle, [lived_in.keys.verifier])

    assert found is None
    assert manifest.end >= 300
    assert other_verdict(lived_in.keys.verifier, bundle) == (0, "OK")


async def test_bundles_that_follow_each_other_are_one_record(
    lived_in: RecordWorld, tmp_path: Path
) -> None:
    one = await bundled(lived_in, tmp_path / "one")
    await lived(lived_in, random.Random(6), 100)
    first = read_manifest(one).end
    two = await bundled(lived_in, tmp_path / "two", first=first)

    _, found = verify_bundle(two, [lived_in.keys.verifier])

    assert found is None
    assert read_manifest(two).first == first
    assert other_verdict(lived_in.keys.verifier, one, two) == (0, "OK")
    assert other_verdict(lived_in.keys.verifier, two)[0] == 1


async def test_each_single_change_is_found_and_the_entry_named(tmp_path: Path) -> None:
    """The short form of `python -m tests.record.campaign`."""
    told = await run(3, 2, 200, tmp_path)

    assert sum(told.values()) > 150


@pytest.mark.parametrize("seed", range(24))
async def test_both_give_the_same_verdict_on_what_was_changed(
    lived_in: RecordWorld, tmp_path: Path, seed: int
) -> None:
    whole = await bundled(lived_in, tmp_path / "whole")
    changed = tmp_path / "changed"
    shutil.copytree(whole, changed)
    tamper(changed, random.Random(seed))

    code, verdict = other_verdict(lived_in.keys.verifier, changed)
    try:
        _, found = verify_bundle(changed, [lived_in.keys.verifier])
        ours = found is not None
    except NoBundle:
        ours = True

    assert differs(whole, changed)
    assert (ours, code) == (True, 1), verdict


@pytest.mark.parametrize(
    ("file", "line"),
    [
        pytest.param("entries.jsonl", b'{"n":0,"at":"\xff","prev":""}', id="no UTF-8"),
        pytest.param("entries.jsonl", b"[" * 100_000, id="nested deeper than can be read"),
        pytest.param("checkpoints.jsonl", b'{"size":1,"note":"\xff"}', id="a note in no UTF-8"),
        pytest.param("checkpoints.jsonl", b"[" * 100_000, id="a note nested too deep"),
        pytest.param(
            "checkpoints.jsonl",
            b'{"size":1,"note":"o\\n%s\\nAAAA\\n\\n\xe2\x80\x94 court AAAAAAAA\\n"}'
            % (b"9" * 5_000),
            id="a size of five thousand digits",
        ),
        pytest.param("manifest.json", b"\xff", id="a manifest in no UTF-8"),
        pytest.param("manifest.json", b"[" * 100_000, id="a manifest nested too deep"),
    ],
)
async def test_hostile_bundles_get_a_verdict_too(
    lived_in: RecordWorld, tmp_path: Path, file: str, line: bytes
) -> None:
    bundle = await bundled(lived_in, tmp_path / "bundle")
    (bundle / file).write_bytes(line + b"\n")

    code, verdict = other_verdict(lived_in.keys.verifier, bundle)
    try:
        _, found = verify_bundle(bundle, [lived_in.keys.verifier])
        ours = found is not None
    except NoBundle:
        ours = True

    assert (ours, code) == (True, 1), verdict


def pipe(file: Path) -> None:
    file.unlink(missing_ok=True)
    os.mkfifo(file)


def huge(file: Path) -> None:
    with file.open("ab") as opened:
        opened.truncate(2**33)  # none of it on the disk


def endless(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    "file", ["manifest.json", "entries.jsonl", "checkpoints.jsonl", "stamps.jsonl"]
)
@pytest.mark.parametrize("make", [pipe, huge, endless])
async def test_nobody_waits_for_what_is_no_file(
    lived_in: RecordWorld, tmp_path: Path, make: Callable[[Path], None], file: str
) -> None:
    bundle = await bundled(lived_in, tmp_path / "bundle")
    make(bundle / file)

    code, verdict = await asyncio.to_thread(other_verdict, lived_in.keys.verifier, bundle)
    try:
        _, found = await asyncio.to_thread(verify_bundle, bundle, [lived_in.keys.verifier])
        ours = found is not None
    except NoBundle:
        ours = True

    assert (ours, code) == (True, 1)
    assert f"CHANGED {file}: kind or size" in verdict


async def test_a_kept_checkpoint_that_is_older_than_the_bundle_is_not_passed_over(
    lived_in: RecordWorld, tmp_path: Path
) -> None:
    one = await bundled(lived_in, tmp_path / "one")
    end = read_manifest(one).end
    kept = await lived_in.database.read(last_checkpoint)
    assert kept is not None
    assert kept.size == end
    await lived(lived_in, random.Random(6), 100)
    behind = await bundled(lived_in, tmp_path / "behind", first=end)
    later = await bundled(lived_in, tmp_path / "later", first=end + 1)
    other_root = checkpoint_note(
        lived_in.keys, ORIGIN, dataclasses.replace(EMPTY, size=end, open=((bytes(32),),))
    )
    keys = [lived_in.keys.verifier]

    assert verify_bundle(behind, keys, expected=kept.note)[1] is None
    found = verify_bundle(behind, keys, expected=other_root)[1]
    with pytest.raises(NoBundle, match="the bundle begins at"):
        verify_bundle(later, keys, expected=kept.note)

    assert found is not None
    assert found.fault.value == "ROOT_DIFFERS"


async def test_another_key_is_no_key(lived_in: RecordWorld, tmp_path: Path) -> None:
    bundle = await bundled(lived_in, tmp_path / "bundle")
    other = type(lived_in.keys).load_or_create(tmp_path / "bundle", "court")

    _, found = verify_bundle(bundle, [other.verifier])

    assert found is not None
    assert found.fault.value == "SIGNATURE_WRONG"


async def test_a_checkpoint_kept_elsewhere_must_be_reached(
    lived_in: RecordWorld, tmp_path: Path
) -> None:
    """Who holds the database could cut the end off and every checkpoint with it."""
    bundle = await bundled(lived_in, tmp_path / "bundle")
    await lived_in.recorder.record(draft(0))
    await lived_in.keeper.sign()
    kept = await lived_in.database.read(last_checkpoint)
    assert kept is not None

    _, found = verify_bundle(bundle, [lived_in.keys.verifier], expected=kept.note)

    assert found is not None
    assert found.fault.value == "NOT_REACHED"


@pytest.mark.parametrize("what", ["nothing", "no json", "another format", "no keys"])
async def test_what_is_no_bundle_is_said(lived_in: RecordWorld, tmp_path: Path, what: str) -> None:
    bundle = await bundled(lived_in, tmp_path / "bundle")
    manifest = bundle / "manifest.json"
    match what:
        case "nothing":
            manifest.unlink()
        case "no json":
            manifest.write_text("{")
        case "another format":
            manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": "x"}))
    keys = ["no key"] if what == "no keys" else [lived_in.keys.verifier]

    with pytest.raises(NoBundle):
        verify_bundle(bundle, keys)


async def test_nothing_is_written_over(lived_in: RecordWorld, tmp_path: Path) -> None:
    taken = tmp_path / "bundle"
    taken.mkdir()

    from gateway.record_bundle import write_bundle  # noqa: PLC0415

    with pytest.raises(FileExistsError):
        await lived_in.database.read_aside(
            lambda c: write_bundle(c, taken, origin="x", keys=[], first=0, end=10_000)
        )


def test_the_command_says_what_is_no_bundle(tmp_path: Path) -> None:
    command = ["from gateway.cli import app; app()", "audit", "verify", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-c", *command, "--key", "a+b+c", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "is no" in done.stderr


@pytest.mark.parametrize("what", ["pipe", "device", "link", "directory", "sparse"])
async def test_what_is_no_regular_file_is_not_read(
    lived_in: RecordWorld, tmp_path: Path, what: str
) -> None:
    whole = await bundled(lived_in, tmp_path / "whole")
    for name in ("manifest.json", "entries.jsonl", "checkpoints.jsonl", "stamps.jsonl"):
        bundle = shutil.copytree(whole, tmp_path / name)
        (bundle / name).unlink(missing_ok=True)
        if what == "pipe":
            os.mkfifo(bundle / name)
        elif what == "directory":
            (bundle / name).mkdir()
        elif what == "sparse":
            with (bundle / name).open("wb") as file:
                file.truncate(2**40)
        else:
            elsewhere = "/dev/zero" if what == "device" else whole / name
            (bundle / name).symlink_to(elsewhere)

        if (name, what) == ("entries.jsonl", "sparse"):  # read up to the first line that is none
            _, found = verify_bundle(bundle, [lived_in.keys.verifier])
            assert found is not None
        else:
            with pytest.raises(NoBundle, match=name):
                verify_bundle(bundle, [lived_in.keys.verifier])
