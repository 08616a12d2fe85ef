"""Chance that is the same in every process."""

from random import Random


def chance(seed: int, about: str) -> Random:
    """Return the chance that decides *about*; other matters of the same *seed* do not disturb it.

    Text seeds are hashed with SHA-512, so `PYTHONHASHSEED` has no say.
    """
    return Random(f"{seed}/{about}")  # noqa: S311 -- invents people, guards nothing
