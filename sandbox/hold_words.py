"""Holds and encumbrances in the words of a JSON page; own holds whole, others in outline."""

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.holds import Standing


def hold_words(
    standing: Sequence[Standing], names: tuple[str, ...], amount: Callable[[int], Any]
) -> list[dict[str, Any]]:
    """Return *standing* as objects, of those that are shown; *names*: authority, case, rank, amount, starts,
    ends, state."""
    authority, case, rank, limit, starts, ends, state = names
    words = []
    for one in standing:
        if one.rank is None:
            continue
        own = one.hold.case is not None
        entry: dict[str, Any] = {
            authority: one.hold.authority,
            rank: one.rank,
            limit: amount(one.amount),
            state: one.state,
        }
        if one.ends_on is not None:
            entry[ends] = one.ends_on.isoformat()
        if own:
            entry[case] = one.hold.case
            if one.starts_on is not None:
                entry[starts] = one.starts_on.isoformat()
        words.append(entry)
    return words
