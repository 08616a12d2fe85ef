"""What holds are worth now, asked on each department's own wire; answers in one form."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from tests.sandbox.district import Served
from tests.sandbox.exchange import Exchange
from tests.sandbox.soap import V, body_of, element, envelope, fault_of, post
from tests.sandbox.wires import HEADERS, Refused, ready_ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """*limit* and *controlled* are yuan or shares."""

    key: str
    record: str
    limit: Decimal
    controlled: Decimal
    rank: int | None
    state: str
    starts_on: str | None
    ends_on: str | None


def _from_police(served: Served, operation: str, content: str) -> list[Standing]:
    answer = post(served, envelope(f"<v:{operation}>{content}</v:{operation}>"))
    if answer.status_code != 200:
        raise Refused(fault_of(answer))
    return [
        Standing(
            key=one.get("WJBH"),
            record=one.get("JLBH"),
            limit=Decimal(one.get("XE")),
            controlled=Decimal(one.get("KZ")),
            rank=int(one.get("SX")) if one.get("SX") else None,
            state=one.get("ZT"),
            starts_on=one.get("QSRQ"),
            ends_on=one.get("JZRQ"),
        )
        for one in body_of(answer).findall(f"{V}CFZT")
    ]


def _from_depository(served: Served, path: str, member: str) -> list[Standing]:
    answer = served.http.get(f"{served.url}/v2/controls{path}", headers=HEADERS)
    if answer.status_code == 404:
        return []
    if answer.status_code != 200:
        raise Refused(answer.json()["error"])
    found = ready_ticket(served, answer.json()["ticket"])[member]
    listed = found if isinstance(found, list) else [found]
    return [_standing(one) for one in listed if one is not None]


def _from_fund(served: Served, key: str | None, since: str | None) -> list[Standing]:
    with Exchange(served.url) as exchange:
        state, found = exchange.standings(key, since)
    if state != "DONE":
        raise Refused(state)
    return [_standing(one) for one in found]


def _standing(words: Mapping[str, Any]) -> Standing:
    return Standing(
        key=words["key"],
        record=words["record"],
        limit=Decimal(words["limit"]),
        controlled=Decimal(words["controlled"]),
        rank=words["rank"],
        state=words["state"],
        starts_on=words["startsOn"],
        ends_on=words["endsOn"],
    )


STANDING: Final[Mapping[str, Callable[[Served, str], Sequence[Standing]]]] = {
    "vehicles": lambda at, key: _from_police(at, "ControlStatus", element("WJBH", key)),
    "housing_fund": lambda at, key: _from_fund(at, key, None),
    "securities": lambda at, key: _from_depository(at, f"/{key}", "standing"),
}
"""By stem: the standing of a key's hold, or none."""

STATEMENT: Final[Mapping[str, Callable[[Served, str], Sequence[Standing]]]] = {
    "vehicles": lambda at, day: _from_police(at, "ControlStatement", element("RQ", day)),
    "housing_fund": lambda at, day: _from_fund(at, None, day),
    "securities": lambda at, day: _from_depository(at, f"?since={day}", "standings"),
}
"""By stem: all that lived since a day."""
