"""Who gets how much of an asset: first come, first served (domain.md 5.9, normative)."""

from collections.abc import Iterable


def allocate(amount: int, needs: Iterable[int]) -> list[int]:
    """Return what each hold controls, in order of registration; fen, or shares.

    ``alloc_i = min(need_i, amount − Σ_{j<i} alloc_j)``: nothing stays idle that someone needs.
    """
    left = amount
    allocated = []
    for need in needs:
        taken = min(need, left)
        left -= taken
        allocated.append(taken)
    return allocated
