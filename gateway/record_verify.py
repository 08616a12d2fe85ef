"""Checking bundles of the record: each by itself, that they join, and who vouches for them."""

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auth.note_verifiers import CheckFailed
from domain.checkpoint import parse_note
from domain.merkle import leaf_hash
from domain.record_check import Fault, Finding, Piece, Signed, check
from gateway.record_bundle import (
    BundledNote,
    Manifest,
    NoBundle,
    read_head,
    read_leaves,
    read_manifest,
    read_notes,
    read_stamps,
    require_attested,
)
from gateway.record_trust import Coverage, RecordTrust, signed_note, trust_in

Counted = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What bundles hold, and the first thing that is wrong with them.

    Attributes:
        first, end: their entries, without *end*.
        coverage: who vouches for how many of them.
    """

    origin: str
    first: int
    end: int
    found: Finding | None
    coverage: Coverage


@dataclass(slots=True)
class _Behind:
    """What the next bundle has to go on from."""

    manifest: Manifest
    last: Signed
    hash: str
    at: str


def verify_bundle(
    directory: Path,
    keys: Sequence[str],
    *,
    expected: str | None = None,
    counted: Counted = lambda _: None,
) -> tuple[Manifest, Finding | None]:
    """Return what a bundle holds, and the first thing that is wrong with it.

    Args:
        keys: whose signatures count, as one has them from elsewhere; never the bundle's own.
        expected: a checkpoint that one has from elsewhere; the bundle must reach it.

    Raises:
        NoBundle: it is none, or *keys* or *expected* cannot be read.
    """
    verdict = verify_bundles([directory], trust_in(keys), expected=expected, counted=counted)
    return read_manifest(directory), verdict.found


def verify_bundles(
    directories: Sequence[Path],
    trust: RecordTrust,
    *,
    expected: str | None = None,
    counted: Counted = lambda _: None,
) -> Verdict:
    """Check bundles in their order; together they must be one piece of one record.

    Raises:
        NoBundle: one is none, they belong to several records, or *expected* is about none of them.
    """
    manifests = [read_manifest(one) for one in directories]
    origin, first, end = manifests[0].origin, manifests[0].first, manifests[-1].end
    if any(one.origin != origin for one in manifests):
        raise NoBundle("the bundles are of several records")
    checking = _Checking(trust, Coverage(trust), counted)
    found = None
    try:
        kept = None if expected is None else checking.signed(expected, origin)
        if kept is not None and kept.valid and kept.size < first:
            raise NoBundle(
                f"the kept checkpoint is about {kept.size} entries and the bundle begins at "
                f"{first}: check it with the bundle that holds them"
            )
        for directory, manifest in zip(directories, manifests, strict=True):
            is_last = manifest is manifests[-1]
            holds = kept is not None and (not kept.valid or kept.size <= manifest.end or is_last)
            found = checking.check(directory, manifest, kept if holds else None)
            kept = None if holds else kept
            if found is not None:
                break
    except CheckFailed as error:
        raise NoBundle(str(error)) from error
    return Verdict(
        origin=origin,
        first=first,
        end=end,
        found=found or checking.coverage.lacking(end),
        coverage=checking.coverage,
    )


@dataclass(slots=True)
class _Checking:
    """One pass over bundles, one behind the other."""

    trust: RecordTrust
    coverage: Coverage
    counted: Counted
    behind: _Behind | None = field(default=None)
    entries: int = 0

    def signed(self, note: str, origin: str) -> Signed:
        return signed_note(note, origin, self.trust.signers, self.trust.witnesses)

    def check(self, directory: Path, manifest: Manifest, kept: Signed | None) -> Finding | None:
        notes = read_notes(directory)
        checkpoints = [self.signed(one.note, manifest.origin) for one in notes]
        sizes = [manifest.first, *(one.size for one in checkpoints)]
        said = [manifest.first, *(one.size for one in notes)]
        if all(one.valid for one in checkpoints) and not sizes == said == sorted(set(sizes)):
            raise NoBundle(f"{directory}/checkpoints.jsonl is not in order, or says other sizes")
        if self.behind is not None and manifest.first != self.behind.manifest.end:
            missing = manifest.first > self.behind.manifest.end
            fault = Fault.MISSING if missing else Fault.REORDERED
            return Finding(fault, self.behind.manifest.end)
        before = [] if self.behind is None else [self.behind.last]
        also = [] if kept is None else [kept]
        signed = sorted([*before, *checkpoints, *also], key=lambda one: one.size)
        found = self._walk(directory, manifest, signed) or self._stamps(directory, notes)
        for one in (*checkpoints, *also):
            self.coverage.add(one)
        if found is None:
            require_attested(directory, manifest)
        return found

    def _walk(
        self, directory: Path, manifest: Manifest, signed: Sequence[Signed]
    ) -> Finding | None:
        behind, last = self.behind, b""
        if behind is not None and manifest.before != behind.hash:
            return Finding(Fault.CHANGED, manifest.first - 1)

        def leaves() -> Iterator[bytes]:
            nonlocal last
            for leaf in read_leaves(directory):
                last = leaf
                yield leaf

        try:
            piece = Piece(
                first=manifest.first,
                end=manifest.end,
                peaks=[bytes.fromhex(one) for one in manifest.peaks],
                before=manifest.before,
                since="" if behind is None else behind.at,
            )
            done = self.entries
            found = check(
                piece, leaves(), signed, read_head, counted=lambda n: self.counted(done + n)
            )
        except (ValueError, OSError) as error:
            raise NoBundle(f"{directory} is no bundle: {error}") from error
        self.entries += manifest.end - manifest.first
        head = read_head(last)
        if head is not None and signed:
            reached = [one for one in signed if one.size == manifest.end]
            self.behind = (
                _Behind(manifest, reached[-1], leaf_hash(last).hex(), head.at) if reached else None
            )
        return found

    def _stamps(self, directory: Path, notes: Sequence[BundledNote]) -> Finding | None:
        texts = {one.size: one.note for one in notes}
        for stamp in read_stamps(directory):
            try:
                body, _ = parse_note(texts[stamp.size])
                token = base64.b64decode(stamp.token, validate=True)
            except (KeyError, ValueError) as error:
                raise NoBundle(f"{directory}/stamps.jsonl: a stamp of no checkpoint") from error
            found = self.coverage.add_stamp(stamp.size, body, token)
            if found is not None:
                return found
        return None
