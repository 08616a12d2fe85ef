"""What ``chakong audit verify`` checks, and what it tells of it."""

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from auth.time_stamps import StampRoots
from gateway.record_bundle import read_manifest
from gateway.record_trust import trust_in
from gateway.record_verify import verify_bundles


def entries_in(bundles: Sequence[Path]) -> int:
    """Return how many entries the bundles say they have.

    Raises:
        NoBundle: one is none.
    """
    manifests = map(read_manifest, bundles)
    return sum(one.end - one.first for one in manifests)


def checked(  # noqa: PLR0913 -- what an auditor may have
    bundles: Sequence[Path],
    keys: Sequence[str],
    *,
    expect: Path | None,
    witnesses: Sequence[str],
    least: int | None,
    tsa_ca: Path | None,
    check_with: str | None,
    counted: Callable[[int], None],
) -> dict[str, object]:
    """Return the verdict for printing.

    Raises:
        ValueError, OSError: something cannot be read.
    """
    trust = trust_in(
        keys,
        witnesses,
        least=least,
        roots=None if tsa_ca is None else StampRoots.read(tsa_ca),
        command=shlex.split(check_with or ""),
    )
    note = None if expect is None else expect.read_text(encoding="utf-8")
    verdict = verify_bundles(bundles, trust, expected=note, counted=counted)
    told: dict[str, object] = {
        "valid": verdict.found is None,
        "origin": verdict.origin,
        "first": verdict.first,
        "end": verdict.end,
        "fault": None if verdict.found is None else verdict.found.fault.value,
        "entry": None if verdict.found is None else verdict.found.entry,
    }
    if len(verdict.coverage.up_to) > 1:
        told["signedUpTo"] = dict(verdict.coverage.up_to)
    if tsa_ca is not None:
        told["stampedUpTo"], told["stampedAt"] = verdict.coverage.stamped
    return told
