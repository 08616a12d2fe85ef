"""Which holds to release where a case holds more than its claim (查扣冻规定 art. 19)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain import catalogue
from domain.calendar import WorkingCalendar
from domain.cover import CoveringHold, CoverPolicy, HeldThing, held_things, tolerated
from domain.deadline import Due, deadline, due_by
from domain.money import Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A lift to draft: *fen* of cover given up on one thing, whose holds end if it is *whole*."""

    hold_ids: tuple[str, ...]
    fen: Fen
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Releases:
    """How to remove an excess.

    Attributes:
        of: what is least preferred first.
        left: the excess in fen that stays, because only indivisible things make it up and nothing
            else suffices.
        needing_a_reason: holds on these things that no reason is recorded for yet.
    """

    of: tuple[Release, ...]
    left: Fen
    needing_a_reason: tuple[str, ...]


def releases(claim: Fen, holds: Sequence[CoveringHold], policy: CoverPolicy) -> Releases:
    """Return what to release so that *holds* no longer exceed *claim*; it stays covered.

    Taken in reverse order of preference, the latest of a kind first. Of a divisible thing only the
    excess goes; an indivisible one goes whole if the rest still covers the claim, unless it is
    kept for a recorded reason.

    Args:
        claim: what remains of it.
        holds: the live ones of the case, in the order they were registered.

    Source:
        查扣冻规定 art. 19; domain.md 5.4, 5.6.
    """
    standing = held_things((hold for hold in holds if not hold.waiting), policy)
    done: list[Release] = []
    for thing in _least_preferred_first(standing):
        fen = _too_much(thing, standing, claim, policy)
        if not fen:
            continue
        whole = fen == thing.worth
        done.append(Release(hold_ids=_ids([thing]), fen=Fen(fen), whole=whole))
        place = standing.index(thing)
        standing[place : place + 1] = [] if whole else [replace(thing, worth=thing.worth - fen)]
    left = _excess(claim, standing, policy)
    alone = [thing for thing in standing if not _is_divisible(thing) and not _is_kept(thing)]
    return Releases(of=tuple(done), left=Fen(left), needing_a_reason=_ids(alone) if left else ())


def excess_due(ruling_effective_on: date, calendar: WorkingCalendar) -> Due:
    """Return by when an excess must be lifted, by default whatever kind it is of.

    Source:
        DL-23; 股权规定 art. 5.
    """
    return due_by(deadline("DL-23"), ruling_effective_on, calendar)


def _too_much(
    thing: HeldThing, standing: Sequence[HeldThing], claim: Fen, policy: CoverPolicy
) -> int:
    """Return how much of *thing* goes, in fen; an indivisible one goes whole or not at all."""
    excess = _excess(claim, standing, policy)
    if _is_divisible(thing):
        return min(thing.worth, excess)
    spare = sum(one.worth for one in standing) - claim
    return thing.worth if excess and thing.worth <= spare and not _is_kept(thing) else 0


def _excess(claim: Fen, standing: Sequence[HeldThing], policy: CoverPolicy) -> int:
    held = sum(thing.worth for thing in standing)
    return max(0, held - claim - tolerated(claim, standing, policy))


def _least_preferred_first(things: Iterable[HeldThing]) -> list[HeldThing]:
    latest_first = reversed(list(things))
    return sorted(latest_first, key=lambda t: catalogue.asset_kind(t.asset_kind).rank, reverse=True)


def _is_divisible(thing: HeldThing) -> bool:
    return catalogue.asset_kind(thing.asset_kind).divisible


def _is_kept(thing: HeldThing) -> bool:
    return any((hold.kept_because or "").strip() for hold in thing.holds)


def _ids(things: Iterable[HeldThing]) -> tuple[str, ...]:
    return tuple(hold.id for thing in things for hold in thing.holds)
