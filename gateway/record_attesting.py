"""
Attesting: others say of the record's checkpoints what the gateway alone could only claim.

Second signers and witnesses put further lines under a checkpoint; an authority stamps when it existed.
The checkpoint that is stamped is shown to all of them, so that a piece of the record can end there.
Whoever is silent is asked again about the newest checkpoint at the next turn.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

import structlog

from auth.external_signer import ExternalSigner, SignerSilent
from auth.note_verifiers import CheckFailed, Verifier, line_of
from auth.time_stamps import StampRoots, StampWrong, stamp_request
from connectors.time_stamping import AuthoritySilent, TimeStampingAuthority
from connectors.witness import Witness, WitnessRefuses, WitnessSawOther, WitnessSilent
from domain.checkpoint import NoteBroken, parse_note, parse_signature
from domain.cosignature import add_checkpoint
from domain.merkle import consistency_path
from domain.note_key import NoteKey
from storage.database import Database
from storage.record import StoredCheckpoint, last_checkpoint
from storage.record_attestations import (
    StoredStamp,
    keep_line,
    keep_stamp,
    last_signed_by,
    last_stamp,
    lines_of,
)
from storage.record_proofs import StoredNodes

_LOG = structlog.get_logger()
_MOST_APART: Final = timedelta(minutes=1)


class RecordRewritten(Exception):
    """A witness saw more of this record than there is: it went back, or is another one."""


class Attestor(Protocol):
    """Somebody who puts a line under checkpoints."""

    @property
    def key(self) -> NoteKey: ...
    @property
    def verifier(self) -> Verifier: ...

    async def lines(self, database: Database, checkpoint: StoredCheckpoint, body: str) -> str:
        """Return the lines of a note that came back; nobody has looked at them yet."""


@dataclass(frozen=True, slots=True)
class SecondSigner:
    key: NoteKey
    verifier: Verifier
    signer: ExternalSigner

    async def lines(self, database: Database, checkpoint: StoredCheckpoint, body: str) -> str:  # noqa: ARG002 -- the protocol's
        return await self.signer.lines(body)


@dataclass(frozen=True, slots=True)
class WitnessAttestor:
    key: NoteKey
    verifier: Verifier
    witness: Witness

    async def lines(self, database: Database, checkpoint: StoredCheckpoint, body: str) -> str:  # noqa: ARG002 -- the protocol's
        seen = await database.read(partial(last_signed_by, key=self.key.mark))
        try:
            return await self._shown(database, seen, checkpoint)
        except WitnessSawOther as other:
            if other.size > checkpoint.size:
                raise RecordRewritten(f"{self.key.name} saw {other.size} entries") from other
            return await self._shown(database, other.size, checkpoint)

    async def _shown(self, database: Database, seen: int, checkpoint: StoredCheckpoint) -> str:
        path = (
            []
            if seen == 0
            else await database.read(
                lambda c: consistency_path(seen, checkpoint.size, StoredNodes(c))
            )
        )
        return await self.witness.add_checkpoint(add_checkpoint(seen, path, checkpoint.note))


@dataclass(frozen=True, slots=True)
class Stamping:
    """Who stamps, whom we believe, and how often it is asked at most."""

    authority: TimeStampingAuthority
    roots: StampRoots
    every: timedelta


class Attesting:
    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        *,
        attestors: Sequence[Attestor] = (),
        every: timedelta = timedelta(minutes=1),
        stamping: Stamping | None = None,
    ) -> None:
        """Make the work of a round.

        Args:
            every: how often the attestors are asked, if nobody asks for a stamp.
        """
        self._database = database
        self._now = now
        self._attestors = attestors
        self._every = every
        self._stamping = stamping
        self._asked: datetime | None = None
        self._stamped: datetime | None = None

    async def turn(self, *, at_once: bool = False) -> None:
        """Have the newest checkpoint attested as far as that is due, or *at_once*."""
        newest = await self._database.read(last_checkpoint)
        if newest is None:
            return
        now = self._now()
        stamp = await self._database.read(last_stamp)
        stamping = self._stamping
        if stamping is not None and (
            (stamp is not None and stamp.size >= newest.size)
            or not (at_once or _is_due(self._stamped, now, stamping.every))
        ):
            stamping = None  # not yet
        asks = at_once or stamping is not None or _is_due(self._asked, now, self._every)
        missing = await self._missing(newest) if asks else []
        work = [self._sign(one, newest) for one in missing]
        if stamping is not None:
            work.append(self._stamp(stamping, newest))
        done = await asyncio.gather(*work)
        if stamping is not None and done[-1]:
            self._stamped = now
        if asks and all(done[: len(missing)]):
            self._asked = now

    async def aclose(self) -> None:
        for one in self._attestors:
            if isinstance(one, WitnessAttestor):
                await one.witness.aclose()
        if self._stamping is not None:
            await self._stamping.authority.aclose()

    async def _missing(self, checkpoint: StoredCheckpoint) -> list[Attestor]:
        there = await self._database.read(partial(lines_of, size=checkpoint.size))
        return [one for one in self._attestors if one.key.mark not in there]

    async def _sign(self, attestor: Attestor, checkpoint: StoredCheckpoint) -> bool:
        """Keep the line of *attestor* under a checkpoint; False if none came that is right."""
        name, (body, _) = attestor.key.name, parse_note(checkpoint.note)
        try:
            answer = await attestor.lines(self._database, checkpoint, body)
            line = await asyncio.to_thread(_own_line, attestor, body, answer)
        except (RecordRewritten, WitnessRefuses) as error:
            _LOG.error("record.witness_knows_another", signer=name, error=type(error).__name__)
            return False
        except (SignerSilent, WitnessSilent, WitnessSawOther, CheckFailed) as error:
            _LOG.warning("record.not_attested", signer=name, error=type(error).__name__)
            return False
        if line is None:
            _LOG.error("record.attestation_wrong", signer=name)
            return False
        work = partial(keep_line, size=checkpoint.size, key=attestor.key.mark, line=line)
        await self._database.write(work)
        return True

    async def _stamp(self, stamping: Stamping, checkpoint: StoredCheckpoint) -> bool:
        body, _ = parse_note(checkpoint.note)
        request = stamp_request(body)
        try:
            token = await stamping.authority.stamp(request.as_bytes())
            stamp = stamping.roots.check(token, body, nonce=request.nonce)
        except AuthoritySilent as error:
            _LOG.warning("record.not_stamped", error=type(error).__name__)
            return False
        except StampWrong as error:
            _LOG.error("record.stamp_wrong", error=type(error).__name__)
            return False
        if abs(stamp.at - self._now()) > _MOST_APART:
            _LOG.error("record.clock_apart", seconds=(self._now() - stamp.at).total_seconds())
        await self._database.write(
            partial(keep_stamp, stamp=StoredStamp(checkpoint.size, stamp.at, token))
        )
        return True


def _is_due(last: datetime | None, now: datetime, every: timedelta) -> bool:
    """Return whether it is time again; it is, too, if the clock was set back before *last*."""
    return last is None or not timedelta() <= now - last < every


def _own_line(attestor: Attestor, body: str, answer: str) -> str | None:
    """Return the attestor's line among those that came; others' are passed over (tlog-witness)."""
    for text in answer.splitlines():
        try:
            signature = parse_signature(text)
        except NoteBroken:
            continue
        if line_of(attestor.key, attestor.verifier, body, signature):
            return signature.line()
    return None
