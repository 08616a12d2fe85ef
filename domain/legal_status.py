"""Whether a rule or a measure has a basis that carries it (国办发〔2020〕49号)."""

from enum import Enum
from typing import Final


class LegalStatus(Enum):
    IN_FORCE = "inForce"
    LOCAL_ONLY = "localOnly"
    SUSPENDED = "suspended"
    REPEALED = "repealed"


APPLIED: Final = frozenset({LegalStatus.IN_FORCE, LegalStatus.LOCAL_ONLY})
"""What is local is applied in this district; what lost its basis is applied nowhere."""
