"""
What can go wrong between us and a department, and what the reader can do about it::

    DepartmentError
    ├── DepartmentTimeout         DEPARTMENT_TIMEOUT          ask again
    ├── DepartmentUnreachable     DEPARTMENT_UNREACHABLE      ask again
    ├── DepartmentBusy            DEPARTMENT_BUSY             ask again, after `retry_after` seconds
    ├── DepartmentPending         DEPARTMENT_PENDING          collect the answer with its ticket
    ├── DepartmentSpared          DEPARTMENT_SPARED           ask again, in a few seconds
    ├── DepartmentRefused         DEPARTMENT_REFUSED          final
    ├── DepartmentContractBroken  DEPARTMENT_CONTRACT_BROKEN  final
    └── OrderError                only control orders
        ├── OutcomeUnknown        OUTCOME_UNKNOWN             ask what became of the key
        └── KeyReused             KEY_REUSED                  final

Codes never change, words may. No message holds an identity number, a name, a plate, an account,
a token or any part of a department's answer. An exception that would quote the answer is therefore
never kept as the cause (`from None`).
"""

from datetime import datetime
from typing import ClassVar, Final

_TEN_MINUTES: Final = 600.0


class DepartmentError(Exception):
    """A department gave no usable answer.

    Attributes:
        department: the department's identifier, such as ``traffic-police``.
        code: stable, for machines.
        retryable: the same question may be asked again as it is.
    """

    code: ClassVar[str] = "DEPARTMENT_ERROR"
    retryable: ClassVar[bool] = False
    means: ClassVar[str] = "gave no usable answer"

    def __init__(self, department: str, because: str = "") -> None:
        super().__init__(f"{department} {self.means}" + (f": {because}" if because else ""))
        self.department = department


class DepartmentTimeout(DepartmentError):
    """The department did not answer before our deadline."""

    code = "DEPARTMENT_TIMEOUT"
    retryable = True
    means = "did not answer in time"


class DepartmentUnreachable(DepartmentError):
    """No connection to the department, or it was lost before the answer was whole."""

    code = "DEPARTMENT_UNREACHABLE"
    retryable = True
    means = "could not be reached"


class DepartmentBusy(DepartmentError):
    """The department asked us to come back later (429 or 503) and has done nothing.

    Attributes:
        retry_after: seconds it asked us to wait; None if it did not say.
    """

    code = "DEPARTMENT_BUSY"
    retryable = True
    means = "asked us to come back later"

    def __init__(self, department: str, retry_after: float | None = None) -> None:
        super().__init__(department)
        self.retry_after = retry_after


class DepartmentSpared(DepartmentError):
    """The department was not asked: it failed lately and is left alone for a few seconds."""

    code = "DEPARTMENT_SPARED"
    retryable = True
    means = "was not asked, since it failed lately"


class DepartmentPending(DepartmentError):
    """The department took the question and answers later than we can wait.

    Attributes:
        claim: by which the connector collects the answer; for itself alone, never shown.
        eta: aware; when the answer is expected, None if nobody said.
        lasts: for how many seconds from now the answer can be collected.
        ticket: by which the caller does; None until it has one, and where there is none.
    """

    code = "DEPARTMENT_PENDING"
    retryable = True
    means = "has the question and answers later"

    def __init__(
        self,
        department: str,
        *,
        claim: str,
        eta: datetime | None = None,
        lasts: float = _TEN_MINUTES,
    ) -> None:
        super().__init__(department)
        self.claim = claim
        self.eta = eta
        self.lasts = lasts
        self.ticket: str | None = None


class DepartmentRefused(DepartmentError):
    """The department understood and refuses; asking again changes nothing."""

    code = "DEPARTMENT_REFUSED"
    means = "refused the question"


class DepartmentContractBroken(DepartmentError):
    """The department's answer is not what its page in docs/departments promises."""

    code = "DEPARTMENT_CONTRACT_BROKEN"
    means = "broke the agreed contract"


class OrderError(DepartmentError):
    """What can only happen to a control order."""


class OutcomeUnknown(OrderError):
    """The order may have been heard and may stand: never repeat it blindly, ask for its key."""

    code = "OUTCOME_UNKNOWN"
    means = "may or may not have heard the order"


class KeyReused(OrderError):
    """The department knows this key with another document; nothing was changed."""

    code = "KEY_REUSED"
    means = "knows this key with another document"
