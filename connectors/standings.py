"""What holds are worth now, on JSON wires: the names of docs/departments/README.md."""

from collections.abc import Callable
from datetime import date
from typing import Final

import msgspec

from connectors.control import Standing, StandingState
from connectors.errors import DepartmentContractBroken
from connectors.forms import Rank
from connectors.json_shape import decoded
from connectors.receipts import Amount


class _Standing(msgspec.Struct, rename="camel"):
    key: str
    record: str
    limit: Amount
    controlled: Amount
    state: StandingState
    rank: Rank | None = None
    starts_on: date | None = None
    ends_on: date | None = None


_STANDINGS: Final = msgspec.json.Decoder(list[_Standing])


def standings_of(
    department: str, body: str | msgspec.Raw, unit: Callable[[Amount], int]
) -> tuple[Standing, ...]:
    """Return the standings in *body*, a list, whose amounts are *unit*.

    Raises:
        DepartmentContractBroken: unreadable, or one contradicts itself.
    """
    raw = body.encode() if isinstance(body, str) else body
    wire = decoded(department, _STANDINGS, raw)
    try:
        return tuple(
            Standing(
                key=one.key,
                record=one.record,
                limit=unit(one.limit),
                controlled=unit(one.controlled),
                state=one.state,
                rank=one.rank,
                starts_on=one.starts_on,
                ends_on=one.ends_on,
            )
            for one in wire
        )
    except ValueError:  # its message may quote the standing
        raise DepartmentContractBroken(department, "the standing contradicts itself") from None


def only(department: str, key: str, standings: tuple[Standing, ...]) -> Standing | None:
    """Return the standing that answers the question for *key*.

    Raises:
        DepartmentContractBroken: there is more than one, or it is of another hold.
    """
    if not standings:
        return None
    if len(standings) > 1 or standings[0].key != key:
        raise DepartmentContractBroken(department, "the standing is of another hold")
    return standings[0]
