"""Who attests this installation's record, made of its settings."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from auth.external_signer import ExternalSigner
from auth.note_verifiers import verifier_for
from auth.time_stamps import StampRoots
from connectors.http import Trust
from connectors.time_stamping import TimeStampingAuthority
from connectors.witness import Witness
from domain.note_key import NoteKey, parse_note_key
from gateway.record_attesting import (
    Attesting,
    Attestor,
    SecondSigner,
    Stamping,
    WitnessAttestor,
)
from gateway.settings import Settings
from storage.database import Database

_LONGEST_TURN: Final = 5.0  # seconds: what failed is tried again that soon


def attesting_of(
    settings: Settings, database: Database, now: Callable[[], datetime]
) -> Attesting | None:
    """Return the work of attesting; None where nobody attests.

    Raises:
        ValueError, OSError: a certificate cannot be read.
    """
    if not (settings.record_signers or settings.record_witnesses or settings.record_stamping):
        return None
    return Attesting(
        database,
        now,
        attestors=[*_signers(settings), *_witnesses(settings)],
        every=timedelta(seconds=settings.record_attest_seconds),
        stamping=_stamping(settings),
    )


def turn_of(settings: Settings) -> timedelta:
    """Return how often one looks whether attesting is due."""
    every = [_LONGEST_TURN, settings.record_attest_seconds]
    if settings.record_stamping is not None:
        every.append(settings.record_stamping.every_seconds)
    return timedelta(seconds=min(every))


def attesting_keys(settings: Settings) -> list[NoteKey]:
    """Return whose lines are put under checkpoints besides our own."""
    keys = [
        *(one.key for one in settings.record_signers.values()),
        *(one.key for one in settings.record_witnesses.values()),
    ]
    return [parse_note_key(key) for key in keys]


def stamp_roots(settings: Settings) -> StampRoots | None:
    """Return whose time stamps are believed; None where nothing is stamped."""
    given = settings.record_stamping
    return None if given is None else StampRoots.read(given.stamp_ca_file)


def _signers(settings: Settings) -> Sequence[Attestor]:
    made = []
    for one in settings.record_signers.values():
        key = parse_note_key(one.key)
        signer = ExternalSigner(one.command, one.seconds)
        made.append(SecondSigner(key, verifier_for(key, one.verify_command), signer))
    return made


def _witnesses(settings: Settings) -> Sequence[Attestor]:
    made = []
    for one in settings.record_witnesses.values():
        key = parse_note_key(one.key)
        witness = Witness(one.url, seconds=one.seconds, trust=Trust(ca=one.ca_file))
        made.append(WitnessAttestor(key, verifier_for(key), witness))
    return made


def _stamping(settings: Settings) -> Stamping | None:
    given, roots = settings.record_stamping, stamp_roots(settings)
    if given is None or roots is None:
        return None
    return Stamping(
        TimeStampingAuthority(given.url, seconds=given.seconds, trust=Trust(ca=given.ca_file)),
        roots,
        timedelta(seconds=given.every_seconds),
    )
