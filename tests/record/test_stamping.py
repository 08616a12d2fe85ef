"""Time stamps by a real authority; without them the exchange ends, and goes on by itself."""

import asyncio
import base64
import json
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from auth.time_stamps import StampRoots, StampWrong
from connectors.time_stamping import TimeStampingAuthority
from domain.checkpoint import parse_note
from domain.record_check import Fault, Finding
from gateway.record_attesting import Attesting, Stamping
from gateway.record_bundle import NoBundle
from gateway.record_stamp_watch import RecordNotStamped, StampWatch
from gateway.record_trust import trust_in
from gateway.record_verify import verify_bundles
from gateway.recorder import RecordUnavailable
from storage.record import RecordDraft, last_checkpoint
from storage.record_attestations import last_stamp
from tests.record.authority import Authority, running_authority
from tests.record.histories import bundled
from tests.record.world import RecordWorld, draft

pytestmark = pytest.mark.anyio
EVERY = timedelta(minutes=5)
LONGEST = timedelta(hours=4)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running_authority(tmp_path_factory.mktemp("tsa")) as running:
        yield running


@pytest.fixture(autouse=True)
def _whole(authority: Authority) -> None:
    authority.is_silent = authority.stamps_other = False
    authority.asked = 0


@asynccontextmanager
async def stamping_by(world: RecordWorld, authority: Authority) -> AsyncIterator[Attesting]:
    world.now = datetime.now(UTC)
    client = TimeStampingAuthority(authority.url, seconds=5)
    stamping = Stamping(client, StampRoots.read(authority.ca), EVERY)
    made = Attesting(world.database, lambda: world.now, stamping=stamping)
    try:
        yield made
    finally:
        await made.aclose()


async def grown(world: RecordWorld, entries: int) -> None:
    drafts = [draft(n, at=world.now) for n in range(entries)]
    await asyncio.gather(*map(world.recorder.record, drafts))
    await world.keeper.turn()


async def test_a_checkpoint_is_stamped_every_so_often(
    world: RecordWorld, authority: Authority
) -> None:
    async with stamping_by(world, authority) as attesting:
        for _ in range(4):
            await grown(world, 10)
            await attesting.turn()
            world.now += timedelta(minutes=2)

    stamp = await world.database.read(last_stamp)
    assert stamp is not None
    assert authority.asked == 2, "at once, and once more when five minutes were over"
    assert stamp.size == 40
    assert abs(stamp.at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_nothing_new_is_not_stamped_again(world: RecordWorld, authority: Authority) -> None:
    async with stamping_by(world, authority) as attesting:
        await grown(world, 10)
        for _ in range(3):
            await attesting.turn()
            world.now += timedelta(hours=1)

    assert authority.asked == 1


async def test_a_bundle_carries_its_stamps_and_they_are_checked(
    world: RecordWorld, authority: Authority, tmp_path: Path
) -> None:
    async with stamping_by(world, authority) as attesting:
        await grown(world, 10)
        await attesting.turn()
    bundle = await bundled(world, tmp_path / "bundle")
    keys, roots = [world.keys.verifier], StampRoots.read(authority.ca)

    verdict = verify_bundles([bundle], trust_in(keys, roots=roots))

    assert verdict.found is None
    assert verdict.coverage.stamped[0] == 10
    by_openssl(bundle, authority, tmp_path)


def by_openssl(bundle: Path, authority: Authority, place: Path) -> None:
    """As docs/record.md says it, without this product."""
    note = json.loads((bundle / "checkpoints.jsonl").read_text())["note"]
    (place / "text").write_text(parse_note(note)[0])
    token = json.loads((bundle / "stamps.jsonl").read_text())["token"]
    (place / "token").write_bytes(base64.b64decode(token))
    command = ["openssl", "ts", "-verify", "-data", str(place / "text"), "-in"]
    command += [str(place / "token"), "-CAfile", str(authority.ca)]
    subprocess.run(command, check=True, capture_output=True)


async def test_entries_behind_the_last_stamp_are_named(
    world: RecordWorld, authority: Authority, tmp_path: Path
) -> None:
    async with stamping_by(world, authority) as attesting:
        await grown(world, 10)
        await attesting.turn()
        await grown(world, 5)
    bundle = await bundled(world, tmp_path / "bundle")
    roots = StampRoots.read(authority.ca)

    verdict = verify_bundles([bundle], trust_in([world.keys.verifier], roots=roots))

    assert verdict.found == Finding(Fault.NOT_STAMPED, 10)


async def test_a_stamp_of_another_authority_or_another_text_is_found(
    world: RecordWorld, authority: Authority, tmp_path: Path
) -> None:
    async with stamping_by(world, authority) as attesting:
        await grown(world, 10)
        await attesting.turn()
    keys = [world.keys.verifier]
    bundle = await bundled(world, tmp_path / "bundle")
    with running_authority(tmp_path / "other") as other:
        stranger = StampRoots.read(other.ca)
        by_stranger = verify_bundles([bundle], trust_in(keys, roots=stranger))
        token = await asyncio.to_thread(other.answer, (authority.place / "query").read_bytes())
    line = {"size": 10, "token": base64.b64encode(token).decode()}
    stamped = json.dumps(line, separators=(",", ":")) + "\n"
    (bundle / "stamps.jsonl").write_text(stamped)
    exchanged = verify_bundles([bundle], trust_in(keys, roots=StampRoots.read(authority.ca)))

    assert by_stranger.found == Finding(Fault.STAMP_WRONG, 9)
    assert exchanged.found == Finding(Fault.STAMP_WRONG, 9)


async def test_one_changed_byte_of_a_stamp_is_found_even_where_its_signature_does_not_reach(
    world: RecordWorld, authority: Authority, tmp_path: Path
) -> None:
    async with stamping_by(world, authority) as attesting:
        await grown(world, 10)
        await attesting.turn()
    bundle = await bundled(world, tmp_path / "bundle")
    file = bundle / "stamps.jsonl"
    whole, lot = file.read_bytes(), random.Random(3)
    keys, roots = [world.keys.verifier], StampRoots.read(authority.ca)
    trusts = [trust_in(keys, roots=roots), trust_in(keys)]

    for turn in range(400):
        changed = bytearray(whole)
        changed[lot.randrange(len(changed))] ^= 1 << lot.randrange(8)
        file.write_bytes(changed)
        try:
            found = verify_bundles([bundle], trusts[turn % 2]).found
        except NoBundle:
            continue
        assert found is not None, bytes(changed)


async def test_an_answer_about_something_else_is_not_kept(
    world: RecordWorld, authority: Authority
) -> None:
    authority.stamps_other = True
    async with stamping_by(world, authority) as attesting:
        await grown(world, 10)
        with capture_logs() as told:
            await attesting.turn()

    assert await world.database.read(last_stamp) is None
    assert [one["event"] for one in told] == ["record.stamp_wrong"]


async def test_the_nonce_keeps_an_old_stamp_from_being_given_again(
    world: RecordWorld, authority: Authority
) -> None:
    async with stamping_by(world, authority) as attesting:
        await grown(world, 10)
        await attesting.turn()
    stamp = await world.database.read(last_stamp)
    newest = await world.database.read(last_checkpoint)
    assert stamp is not None
    assert newest is not None
    body, _ = parse_note(newest.note)

    with pytest.raises(StampWrong):
        StampRoots.read(authority.ca).check(stamp.token, body, nonce=12345)


async def test_exchange_ends_when_stamps_failed_for_too_long_and_goes_on_by_itself(
    world: RecordWorld, authority: Authority
) -> None:
    watch = StampWatch(world.database, lambda: world.now, LONGEST)
    world.recorder.refuse_while(watch.hindrance)
    async with stamping_by(world, authority) as attesting:
        await watch.look()
        await grown(world, 5)
        await attesting.turn()
        authority.is_silent = True
        world.now += timedelta(minutes=10)
        await grown(world, 5)

        async def later(by: timedelta) -> RecordUnavailable | None:
            world.now += by
            await world.keeper.sign()
            await attesting.turn()
            await watch.look()
            return world.recorder.hindrance

        in_time = await later(LONGEST - timedelta(minutes=1))
        over = await later(timedelta(minutes=2))
        with pytest.raises(RecordNotStamped):
            world.recorder.require()
        with pytest.raises(RecordNotStamped):
            await world.recorder.record(draft(99))
        logged_in = await world.recorder.record(login())
        authority.is_silent = False
        again = await later(timedelta(seconds=5))

    assert in_time is None
    assert over is not None
    assert over.code == "RECORD_NOT_STAMPED"
    assert logged_in.n == 10, "what happens anyhow is still recorded, and nothing was shown"
    assert again is None
    await world.recorder.record(draft(100))


async def test_a_record_with_nothing_new_needs_no_stamp(
    world: RecordWorld, authority: Authority
) -> None:
    watch = StampWatch(world.database, lambda: world.now, LONGEST)
    async with stamping_by(world, authority) as attesting:
        await grown(world, 5)
        await attesting.turn()
        authority.is_silent = True
        world.now += timedelta(days=3)

        await watch.look()

    assert watch.hindrance() is None


@pytest.mark.parametrize("stamped", [False, True], ids=["nothing stamped", "the end unstamped"])
async def test_exchange_ends_when_nobody_signs_what_could_be_stamped(
    world: RecordWorld, authority: Authority, stamped: bool
) -> None:
    watch = StampWatch(world.database, lambda: world.now, LONGEST)
    async with stamping_by(world, authority) as attesting:
        if stamped:
            await grown(world, 5)
        await attesting.turn()
        await world.recorder.record(draft(5, at=world.now))  # and the keeper is dead
        await watch.look()
        before = watch.hindrance()
        world.now += timedelta(hours=48)
        await attesting.turn()
        await watch.look()
        after = watch.hindrance()
        await world.keeper.sign()
        await attesting.turn()
        await watch.look()

    assert before is None
    assert isinstance(after, RecordNotStamped)
    assert watch.hindrance() is None, "signed and stamped, it goes on"


async def test_before_the_first_look_nothing_is_exchanged(world: RecordWorld) -> None:
    watch = StampWatch(world.database, lambda: world.now, LONGEST)

    assert watch.hindrance() is not None


async def test_the_command_requires_stamps_and_says_when(
    world: RecordWorld, authority: Authority, tmp_path: Path
) -> None:
    async with stamping_by(world, authority) as attesting:
        await grown(world, 10)
        bare = await bundled(world, tmp_path / "bare")
        await attesting.turn()
    bundle = await bundled(world, tmp_path / "bundle")

    told = [await verified(world, one, authority) for one in (bundle, bare)]

    assert [one["valid"] for one in told] == [True, False]
    assert told[0]["stampedUpTo"] == 10
    assert str(told[0]["stampedAt"]).endswith("+00:00")
    assert (told[1]["fault"], told[1]["entry"]) == ("NOT_STAMPED", 0)


async def verified(world: RecordWorld, bundle: Path, authority: Authority) -> dict[str, object]:
    command = ["from gateway.cli import app; app()", "audit", "verify", str(bundle), "--json"]
    command += ["--key", world.keys.verifier, "--tsa-ca", str(authority.ca)]
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", *command],
        capture_output=True,
        text=True,
        check=False,
    )
    return dict(json.loads(done.stdout))


def login() -> RecordDraft:
    body = b'{"v":1,"kind":"LOGIN","decision":"OK"}'
    return RecordDraft(
        kind="LOGIN", unit="-", decision="OK", at=datetime.now(UTC), body=body, sealed=None
    )
