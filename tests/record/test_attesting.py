"""Second signers and witnesses: programs of their own, whose lines count and can be required."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete
from structlog.testing import capture_logs

from auth.external_signer import ExternalSigner
from auth.note_verifiers import verifier_for
from connectors.witness import Witness
from domain.checkpoint import parse_note
from domain.note_key import parse_note_key
from domain.record_check import Fault, Finding
from gateway.record_attesting import Attesting, Attestor, SecondSigner, WitnessAttestor
from gateway.record_bundle import NoBundle
from gateway.record_trust import trust_in
from gateway.record_verify import verify_bundles
from storage.record import last_checkpoint
from storage.record_attestations import lines_of, whole_note
from storage.tables.record import record_checkpoints, record_entries, record_lines, record_nodes
from tests.record.attestors import SM2, RunningWitness, running_witness, sm2_command, sm2_key
from tests.record.histories import bundled
from tests.record.world import ORIGIN, RecordWorld, draft, record_world

pytestmark = pytest.mark.anyio
SM2_CHECK = [*SM2, "verify"]


def witness_of(running: RunningWitness) -> WitnessAttestor:
    key = parse_note_key(running.key)
    return WitnessAttestor(key, verifier_for(key), Witness(running.url, seconds=5))


def signer_of(key: str, command: Sequence[str], seconds: float = 10) -> SecondSigner:
    parsed = parse_note_key(key)
    signer = ExternalSigner(command, seconds)
    return SecondSigner(parsed, verifier_for(parsed, SM2_CHECK), signer)


@asynccontextmanager
async def attesting_by(world: RecordWorld, *attestors: Attestor) -> AsyncIterator[Attesting]:
    made = Attesting(
        world.database, lambda: world.now, attestors=attestors, every=timedelta(minutes=1)
    )
    try:
        yield made
    finally:
        await made.aclose()


async def grown(world: RecordWorld, entries: int) -> None:
    await asyncio.gather(*(world.recorder.record(draft(n)) for n in range(entries)))
    await world.keeper.turn()


async def newest_lines(world: RecordWorld) -> dict[str, str]:
    newest = await world.database.read(last_checkpoint)
    assert newest is not None
    return await world.database.read(lambda c: lines_of(c, newest.size))


async def test_a_second_signer_with_another_algorithm_signs_and_can_be_required(
    world: RecordWorld, tmp_path: Path
) -> None:
    key = sm2_key(tmp_path)
    async with attesting_by(world, signer_of(key, sm2_command(tmp_path))) as attesting:
        await grown(world, 30)
        await attesting.turn()
    bundle = await bundled(world, tmp_path / "bundle")
    ours = world.keys.verifier

    both = verify_bundles([bundle], trust_in([ours, key], command=SM2_CHECK))
    alone = verify_bundles([bundle], trust_in([ours]))

    assert (both.found, alone.found) == (None, None), "who knows one key passes over the other line"
    assert both.coverage.up_to == {"court": 30, "court-sm2": 30}
    with pytest.raises(NoBundle, match="needs a program"):
        trust_in([ours, key])


async def test_entries_that_a_required_signer_has_not_signed_are_found(
    world: RecordWorld, tmp_path: Path
) -> None:
    key = sm2_key(tmp_path)
    async with attesting_by(world, signer_of(key, sm2_command(tmp_path))) as attesting:
        await grown(world, 30)
        await attesting.turn()
        await grown(world, 12)
    bundle = await bundled(world, tmp_path / "bundle")

    verdict = verify_bundles([bundle], trust_in([world.keys.verifier, key], command=SM2_CHECK))

    assert verdict.found == Finding(Fault.NOT_SIGNED, 30)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["/nonexistent/signer"], id="not there"),
        pytest.param([sys.executable, "-c", "raise SystemExit(3)"], id="fails"),
        pytest.param([sys.executable, "-c", "print('no line')"], id="answers nonsense"),
        pytest.param([sys.executable, "-c", "import time; time.sleep(60)"], id="hangs"),
        pytest.param([sys.executable, "-c", "print('\\u2014 court-sm2 0RDkljBFAiEA')"], id="lies"),
    ],
)
async def test_a_signer_that_gives_no_right_line_leaves_the_record_as_it_is(
    world: RecordWorld, tmp_path: Path, command: list[str]
) -> None:
    key = sm2_key(tmp_path)
    async with attesting_by(world, signer_of(key, command, seconds=1)) as attesting:
        await grown(world, 3)
        await attesting.turn()

    assert await newest_lines(world) == {}
    newest = await world.database.read(last_checkpoint)
    assert newest is not None
    assert newest.size == 3, "the gateway's own signature does not wait for anybody"


async def test_a_signer_is_not_given_the_gateways_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAKONG_DEPARTMENTS__VEHICLES__SECRET", "vehicle-secret")
    show = "import os; print([name for name in os.environ if name.startswith('CHAKONG')])"

    answer = await ExternalSigner([sys.executable, "-c", show]).lines("text\n")

    assert answer == "[]\n"


async def test_a_witness_signs_each_checkpoint_that_only_grew(
    world: RecordWorld, tmp_path: Path
) -> None:
    with running_witness(tmp_path, "city-archive", ORIGIN, world.keys.verifier) as running:
        async with attesting_by(world, witness_of(running)) as attesting:
            for entries in (1, 7, 300):
                await grown(world, entries)
                world.now += timedelta(minutes=2)
                await attesting.turn()
        seen = json.loads(running.state.read_text())
    bundle = await bundled(world, tmp_path / "bundle")
    ours = world.keys.verifier

    verdict = verify_bundles([bundle], trust_in([ours], [running.key]))

    assert verdict.found is None
    assert verdict.coverage.up_to == {"court": 308, "city-archive": 308}
    assert seen[ORIGIN][0] == 308
    newest = await world.database.read(last_checkpoint)
    assert newest is not None
    note = await world.database.read(lambda c: whole_note(c, newest))
    assert [one.name for one in parse_note(note)[1]] == ["court", "city-archive"]


async def test_a_witness_that_knows_more_than_we_thought_is_asked_from_there(
    world: RecordWorld, tmp_path: Path
) -> None:
    with running_witness(tmp_path, "city-archive", ORIGIN, world.keys.verifier) as running:
        async with attesting_by(world, witness_of(running)) as attesting:
            await grown(world, 20)
            await attesting.turn()
            await world.database.write(lambda c: c.execute(delete(record_lines)))
            await grown(world, 20)
            await attesting.turn(at_once=True)

    assert len(await newest_lines(world)) == 1


async def test_a_witness_refuses_a_record_that_was_written_anew(
    world: RecordWorld, record_url: str, tmp_path: Path
) -> None:
    """Whoever holds database and keys can make another record; not one that the witness signs."""
    with running_witness(tmp_path, "city-archive", ORIGIN, world.keys.verifier) as running:
        async with attesting_by(world, witness_of(running)) as attesting:
            await grown(world, 40)
            await attesting.turn()
        await forget_everything(world)
        async with record_world(record_url, tmp_path) as forged:
            async with attesting_by(forged, witness_of(running)) as attesting:
                await asyncio.gather(*(forged.recorder.record(draft(n + 1)) for n in range(60)))
                await forged.keeper.turn()
                with capture_logs() as told:
                    await attesting.turn()
            lines = await newest_lines(forged)

    assert lines == {}
    assert [one["event"] for one in told] == ["record.witness_knows_another"]


async def test_a_witness_notices_a_record_that_went_back(
    world: RecordWorld, record_url: str, tmp_path: Path
) -> None:
    """As after a restore of an old backup: what was recorded since is gone, and somebody knows."""
    with running_witness(tmp_path, "city-archive", ORIGIN, world.keys.verifier) as running:
        async with attesting_by(world, witness_of(running)) as attesting:
            await grown(world, 40)
            await attesting.turn()
        await forget_everything(world)
        async with (
            record_world(record_url, tmp_path) as older,
            attesting_by(older, witness_of(running)) as attesting,
        ):
            await grown(older, 10)
            with capture_logs() as told:
                await attesting.turn()

    assert [(one["event"], one["error"]) for one in told] == [
        ("record.witness_knows_another", "RecordRewritten")
    ]


@pytest.mark.parametrize(
    ("origin", "key"),
    [
        pytest.param("another.example/record", None, id="another record"),
        pytest.param(
            ORIGIN, "court+1aadbe5b+AZ5T3Jhm0LdBqbhWEhTA5JkVuOVoLcn9GZu1hSDFPqvw", id="another key"
        ),
    ],
)
async def test_a_witness_that_was_not_told_of_the_record_is_told_apart(
    world: RecordWorld, tmp_path: Path, origin: str, key: str | None
) -> None:
    ours = world.keys.verifier
    with running_witness(tmp_path, "city-archive", origin, key or ours) as running:
        async with attesting_by(world, witness_of(running)) as attesting:
            await grown(world, 3)
            with capture_logs() as told:
                await attesting.turn()

    assert [(one["event"], one["error"]) for one in told] == [
        ("record.not_attested", "WitnessKnowsUsNot")
    ]


async def test_as_many_witnesses_as_wanted_have_to_have_signed(
    world: RecordWorld, tmp_path: Path
) -> None:
    ours = world.keys.verifier
    with (
        running_witness(tmp_path, "archive", ORIGIN, ours) as archive,
        running_witness(tmp_path, "procuratorate", ORIGIN, ours) as procuratorate,
        running_witness(tmp_path, "university", ORIGIN, ours) as university,
    ):
        three = [witness_of(one) for one in (archive, procuratorate, university)]
        async with attesting_by(world, *three) as attesting:
            await grown(world, 10)
            await attesting.turn()
        two_left = [witness_of(one) for one in (archive, procuratorate)]
        async with attesting_by(world, *two_left) as attesting:
            await grown(world, 5)
            await attesting.turn()
    keys = [archive.key, procuratorate.key, university.key]
    bundle = await bundled(world, tmp_path / "bundle")

    two = verify_bundles([bundle], trust_in([ours], keys, least=2))
    all_of_them = verify_bundles([bundle], trust_in([ours], keys))

    assert two.found is None
    assert all_of_them.found == Finding(Fault.NOT_WITNESSED, 10)
    assert dict(all_of_them.coverage.up_to) == {
        "archive": 15,
        "court": 15,
        "procuratorate": 15,
        "university": 10,
    }


async def test_a_changed_cosignature_is_found_with_or_without_the_witnesses_key(
    world: RecordWorld, tmp_path: Path
) -> None:
    with running_witness(tmp_path, "city-archive", ORIGIN, world.keys.verifier) as running:
        async with attesting_by(world, witness_of(running)) as attesting:
            await grown(world, 10)
            await attesting.turn()
    bundle = await bundled(world, tmp_path / "bundle")
    file = bundle / "checkpoints.jsonl"
    note = json.loads(file.read_text())
    other = "B" if note["note"][-10] == "A" else "A"
    note["note"] = note["note"][:-10] + other + note["note"][-9:]
    file.write_text(json.dumps(note, ensure_ascii=False, separators=(",", ":")) + "\n")

    found = verify_bundles([bundle], trust_in([world.keys.verifier], [running.key])).found

    assert found == Finding(Fault.SIGNATURE_WRONG, 9)
    with pytest.raises(NoBundle, match="not as they were bundled"):
        verify_bundles([bundle], trust_in([world.keys.verifier]))


async def test_a_witness_alone_does_not_make_a_record(world: RecordWorld, tmp_path: Path) -> None:
    with (
        running_witness(tmp_path, "city-archive", ORIGIN, world.keys.verifier) as running,
        pytest.raises(NoBundle, match="no --key"),
    ):
        trust_in([running.key])


async def test_the_command_counts_signers_and_witnesses(world: RecordWorld, tmp_path: Path) -> None:
    key = sm2_key(tmp_path)
    ours = world.keys.verifier
    with running_witness(tmp_path, "city-archive", ORIGIN, ours) as running:
        both: list[Attestor] = [signer_of(key, sm2_command(tmp_path)), witness_of(running)]
        async with attesting_by(world, *both) as attesting:
            await grown(world, 10)
            await attesting.turn()
    bundle = await bundled(world, tmp_path / "bundle")
    command = ["from gateway.cli import app; app()", "audit", "verify", str(bundle), "--json"]
    command += ["--key", ours, "--key", key, "--witness", running.key]

    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", *command, "--check-with", " ".join(SM2_CHECK)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["signedUpTo"] == {"city-archive": 10, "court": 10, "court-sm2": 10}


async def forget_everything(world: RecordWorld) -> None:
    await world.recorder.stop()
    for table in (record_entries, record_nodes, record_checkpoints, record_lines):
        statement = delete(table)
        await world.database.write(partial(Connection.execute, statement=statement))


async def test_the_second_verifier_passes_over_what_it_does_not_know(
    world: RecordWorld, tmp_path: Path
) -> None:
    key = sm2_key(tmp_path)
    async with attesting_by(world, signer_of(key, sm2_command(tmp_path))) as attesting:
        await grown(world, 10)
        await attesting.turn()
    bundle = await bundled(world, tmp_path / "bundle")

    whole = await second_verdict(world, bundle)
    file = bundle / "checkpoints.jsonl"
    note = json.loads(file.read_text())["note"]
    file.write_text(file.read_text().replace(note[-9:-6], "AAA"))
    changed = await second_verdict(world, bundle)

    assert whole == "OK\n"
    assert changed.startswith("CHANGED checkpoints")


async def second_verdict(world: RecordWorld, bundle: Path) -> str:
    program = Path(__file__).parents[2] / "examples/audit-verifier/verify.py"
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(program), world.keys.verifier, str(bundle)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout
