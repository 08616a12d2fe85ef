"""Whom one trusts when a record is checked: whose lines count, and how many of them it takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature

from auth.note_verifiers import Verifier, Verifiers, verifier_for
from auth.time_stamps import StampRoots, StampWrong
from domain.checkpoint import NoteBroken, parse_checkpoint, parse_note
from domain.note_key import COSIGNATURE, parse_note_key
from domain.record_check import Fault, Finding, Signed
from gateway.record_bundle import NoBundle


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTrust:
    """What counts.

    Keys of one name are those that a signer had one after the other: any of them counts. Of different
    names each has to have signed. A line of a known key that is wrong spoils its checkpoint.

    Attributes:
        signers: a line of one of them must be under each checkpoint, and each entry must be covered
            by every name.
        witnesses: *least* of them must have signed for each entry.
        roots: authorities whose time stamps must cover each entry; None if nobody asks for stamps.
    """

    signers: Verifiers
    witnesses: Verifiers = field(default_factory=dict)
    least: int = 0
    roots: StampRoots | None = None


def trust_in(
    keys: Iterable[str],
    witnesses: Iterable[str] = (),
    *,
    least: int | None = None,
    roots: StampRoots | None = None,
    command: Sequence[str] = (),
) -> RecordTrust:
    """Return what to trust.

    Args:
        keys: of signers, NAME+ID+BASE64.
        witnesses: keys of witnesses.
        least: how many of the witnesses it takes; all if left out.
        command: checks signatures of other algorithms; see `auth.note_verifiers.CommandVerifier`.

    Raises:
        NoBundle: a key cannot be read, is of the other kind, or more witnesses are wanted than named.
    """
    signers = dict(verifier_of(one, command) for one in keys)
    known = dict(verifier_of(one) for one in witnesses)
    names = {name for name, _ in known}
    if least is not None and not 0 < least <= len(names):
        raise NoBundle(f"{least} witnesses are wanted and {len(names)} named")
    if any(parse_note_key(one).algorithm == COSIGNATURE for one in keys):
        raise NoBundle("a witness's key says nothing of who keeps the record: it is no --key")
    return RecordTrust(
        signers=signers, witnesses=known, least=len(names) if least is None else least, roots=roots
    )


def verifier_of(key: str, command: Sequence[str] = ()) -> tuple[tuple[str, bytes], Verifier]:
    """Return what a key's lines are known by, and what checks them.

    Raises:
        NoBundle: it is no key, or of an algorithm that nothing here checks.
    """
    try:
        parsed = parse_note_key(key)
        return (parsed.name, parsed.key_id), verifier_for(parsed, command)
    except NoteBroken as error:
        raise NoBundle(str(error)) from error


def signed_note(
    note: str, origin: str, known: Verifiers, others: Verifiers | None = None
) -> Signed:
    """Return a checkpoint; valid if one of the known keys signed it, for this record.

    Args:
        others: keys whose lines are looked at too, and do not suffice.
    """
    try:
        body, signatures = parse_note(note)
        checkpoint = parse_checkpoint(body)
    except NoteBroken:
        return Signed(0, b"", valid=False)
    valid, by = False, set[str]()
    for one in signatures:
        mark = (one.name, one.key_id)
        key = known.get(mark) or (others or {}).get(mark)
        if key is not None:
            try:
                key.verify(one.signature, body.encode())
            except InvalidSignature:
                return Signed(checkpoint.size, checkpoint.root, valid=False)
            valid = valid or mark in known
            by.add(one.name)
    ours = valid and checkpoint.origin == origin
    return Signed(checkpoint.size, checkpoint.root, valid=ours, by=frozenset(by))


class Coverage:
    """Up to which entry each of those who count has vouched."""

    def __init__(self, trust: RecordTrust) -> None:
        self._trust = trust
        names = {name for name, _ in (*trust.signers, *trust.witnesses)}
        self._up_to = dict.fromkeys(sorted(names), 0)
        self._stamped = 0
        self._stamped_at: str | None = None

    @property
    def up_to(self) -> Mapping[str, int]:
        """Return by name how many entries, from the first, are covered."""
        return self._up_to

    @property
    def stamped(self) -> tuple[int, str | None]:
        """Return how many entries a time stamp covers, and its instant (UTC)."""
        return self._stamped, self._stamped_at

    def add(self, checkpoint: Signed) -> None:
        for name in checkpoint.by:
            self._up_to[name] = max(self._up_to[name], checkpoint.size)

    def add_stamp(self, size: int, body: str, token: bytes) -> Finding | None:
        """Count a time stamp; return what is wrong with it."""
        if self._trust.roots is None:
            return None
        try:
            stamp = self._trust.roots.check(token, body)
        except StampWrong:
            return Finding(Fault.STAMP_WRONG, size - 1)
        self._stamped, self._stamped_at = size, stamp.at.isoformat()
        return None

    def lacking(self, end: int) -> Finding | None:
        """Return the first of *end* entries that not everybody vouches for whom it takes."""
        signers = [self._up_to[name] for name in {name for name, _ in self._trust.signers}]
        if min(signers, default=end) < end:
            return Finding(Fault.NOT_SIGNED, min(signers))
        names = {name for name, _ in self._trust.witnesses}
        witnessed = sorted((self._up_to[name] for name in names), reverse=True)
        if self._trust.least and witnessed[self._trust.least - 1] < end:
            return Finding(Fault.NOT_WITNESSED, witnessed[self._trust.least - 1])
        if self._trust.roots is not None and self._stamped < end:
            return Finding(Fault.NOT_STAMPED, self._stamped)
        return None
