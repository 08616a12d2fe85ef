"""Chance that is the same in every process."""

from random import Random


class Chance(Random):
    """The chance that decides one matter; it invents people and guards nothing."""

    def happens(self, percent: float) -> bool:
        return self.random() * 100 < percent


def chance(seed: int, about: str) -> Chance:
    """Return the chance that decides *about*; other matters of the same *seed* do not disturb it.

    Text seeds are hashed with SHA-512, so `PYTHONHASHSEED` has no say.
    """
    return Chance(f"{seed}/{about}")
