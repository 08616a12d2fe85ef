"""The tax bureau's own rules: what is an expectation yet is not held, it is watched."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.address import DepartmentAddress
from connectors.errors import (
    DepartmentBusy,
    DepartmentContractBroken,
    DepartmentRefused,
    KeyReused,
)
from connectors.question import Projection
from connectors.tax_refunds import RefundEvent, TaxRefundsConnector
from domain.identity import IdNumber
from tests.connectors.conftest import Listen
from tests.connectors.money_departments import AUTHORITY, Bench, bench
from tests.connectors.servers import Reply, json_reply
from tests.sandbox.district import District, serving

pytestmark = pytest.mark.anyio

EARLY = {"DECLARED", "UNDER_REVIEW", "SUSPENDED_FOR_DOUBT"}


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    with serving(tmp_path_factory.mktemp("tax"), "--departments", "tax_refunds") as running:
        yield running


async def one_of(at: Bench, statuses: set[str], place: int = 0) -> tuple[IdNumber, str]:
    question = TaxRefundsConnector.export_rebates_of
    found = await at.records(question, "refund_status", "holds")
    fit = [(who, row) for who, row in found if row.refund_status in statuses and not row.holds]
    who, row = fit[place]
    return who, row.source_record_id


def moved(district: District, record: str, status: str) -> None:
    served = district["tax_refunds"]
    answer = served.http.post(
        f"{served.base}/_sandbox/refund", json={"record": record, "status": status}
    )
    answer.raise_for_status()


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        pytest.param("DECLARED", "NOT_YET_DUE", id="declared"),
        pytest.param("UNDER_REVIEW", "NOT_YET_DUE", id="under review"),
        pytest.param("SUSPENDED_FOR_DOUBT", "NOT_YET_DUE", id="suspended"),
        pytest.param("PAID", "ALREADY_TRANSFERRED", id="paid"),
        pytest.param("REJECTED", "NO_ASSET", id="rejected"),
    ],
)
async def test_only_what_is_approved_and_not_paid_is_held(
    district: District, status: str, reason: str
) -> None:
    async with bench(district, TaxRefundsConnector) as at:
        subject, record = await one_of(at, {"APPROVED"})
        moved(district, record, status)
        refused = await at.port.control(at.freeze(subject, record, 100))
        nothing = await at.port.standing_of(at.freeze(subject, record, 100).key)
        moved(district, record, "APPROVED")
        hold = at.freeze(subject, record, 100)
        held = await at.port.control(hold)
        lifted = await at.port.control(at.about(hold, "LIFT"))

    assert (refused.result, refused.reason) == ("REFUSED", reason)
    assert nothing is None
    assert (held.result, lifted.result) == ("FULL", "FULL")


async def test_the_bureau_pays_nothing_over(district: District) -> None:
    async with bench(district, TaxRefundsConnector) as at:
        subject, record = await one_of(at, {"APPROVED"})
        hold = at.freeze(subject, record, 100)
        await at.port.control(hold)
        deducted = await at.port.control(at.about(hold, "DEDUCT"))
        await at.port.control(at.about(hold, "LIFT"))

    assert (deducted.result, deducted.reason) == ("NOTHING", "OUT_OF_COMPETENCE")


async def test_a_watched_refund_tells_what_becomes_of_it_and_names_nobody(
    district: District,
) -> None:
    async with bench(district, TaxRefundsConnector) as at:
        subject, record = await one_of(at, EARLY)
        other_subject, other = await one_of(at, EARLY, 1)
        seen = await at.connector.refund_events(0)
        after = seen[-1].cursor if seen else 0
        await at.connector.watch("w-1", record, subject, AUTHORITY)
        await at.connector.watch("w-1", record, subject, AUTHORITY)
        moved(district, record, "APPROVED")
        moved(district, other, "APPROVED")
        told = await at.connector.refund_events(after)
        nothing = await at.connector.refund_events(told[-1].cursor)
        with pytest.raises(KeyReused):
            await at.connector.watch("w-1", other, other_subject, AUTHORITY)
        with pytest.raises(DepartmentRefused):
            await at.connector.watch("w-2", record, other_subject, AUTHORITY)

    assert [(one.watch, one.record) for one in told] == [("w-1", record)] * 2
    assert told[0].status in EARLY
    assert told[1].status == "APPROVED"
    assert told[1].approved_amount is not None
    assert list(nothing) == []
    assert subject not in repr(told)
    heard = [one for one in district["tax_refunds"].lines() if one["kind"] == "watch"]
    assert [one["subjects"] for one in heard] == [[subject]]
    assert heard[0]["authority"]["case"] == AUTHORITY.case_number


async def test_a_watch_that_was_ended_tells_nothing_more_and_never_begins_again(
    district: District,
) -> None:
    async with bench(district, TaxRefundsConnector) as at:
        subject, record = await one_of(at, EARLY)
        await at.connector.watch("w-over", record, subject, AUTHORITY)
        seen = await at.connector.refund_events(0)
        for key in ("w-over", "w-over", "w-never"):
            await at.connector.end_watch(key, AUTHORITY)
        moved(district, record, "APPROVED")
        later = await at.connector.refund_events(seen[-1].cursor)
        for key in ("w-over", "w-never"):
            with pytest.raises(DepartmentRefused):
                await at.connector.watch(key, record, subject, AUTHORITY)

    assert [one.watch for one in later if one.watch == "w-over"] == []
    heard = [one for one in district["tax_refunds"].lines() if one["kind"] == "unwatch"]
    assert [one["idempotencyKey"] for one in heard] == ["w-over"]
    assert heard[0]["authority"]["case"] == AUTHORITY.case_number


@pytest.mark.parametrize(
    ("status", "error"),
    [
        pytest.param(204, None, id="heard"),
        pytest.param(404, None, id="never watched"),
        pytest.param(410, None, id="over before"),
        pytest.param(503, DepartmentBusy, id="overloaded"),
        pytest.param(403, DepartmentRefused, id="refused"),
        pytest.param(302, DepartmentContractBroken, id="sent elsewhere"),
    ],
)
async def test_what_a_bureau_did_not_hear_is_said(
    listen: Listen, status: int, error: type[Exception] | None
) -> None:
    bureau = await listen(lambda _: Reply(status))
    connector = TaxRefundsConnector.open(
        DepartmentAddress(id="state-tax-shibei", url=bureau.url, secret="key")
    )
    try:
        with contextlib.nullcontext() if error is None else pytest.raises(error):
            await connector.end_watch("w/1", AUTHORITY)
    finally:
        await connector.aclose()


async def test_watches_and_events_survive_the_bureau(tmp_path: Path) -> None:
    with serving(tmp_path, "--departments", "tax_refunds") as district:
        async with bench(district, TaxRefundsConnector) as at:
            subject, record = await one_of(at, EARLY)
            await at.connector.watch("w-1", record, subject, AUTHORITY)
            moved(district, record, "APPROVED")
            before = await at.connector.refund_events(0)
    (tmp_path / "ports.json").unlink()

    with serving(tmp_path, "--departments", "tax_refunds") as district:
        async with bench(district, TaxRefundsConnector) as at:
            after = await at.connector.refund_events(0)
            moved(district, record, "PAID")
            later = await at.connector.refund_events(after[-1].cursor)
            ask = at.connector.export_rebates_of
            answers = await ask([subject], Projection({"refund_status"}), AUTHORITY)

    assert after == before
    assert [one.status for one in later] == ["PAID"]
    assert "PAID" in {row.refund_status for row in answers[subject].get()}


@pytest.mark.parametrize(
    ("status", "error"),
    [
        pytest.param(404, DepartmentRefused, id="no such refund"),
        pytest.param(401, DepartmentContractBroken, id="our key is not known"),
        pytest.param(403, DepartmentContractBroken, id="we may not come in"),
    ],
)
async def test_a_door_that_is_shut_says_nothing_of_the_refund(
    listen: Listen, status: int, error: type[Exception]
) -> None:
    """What is refused is over; while the door is shut the watch waits."""
    bureau = await listen(lambda _: Reply(status))
    connector = TaxRefundsConnector.open(
        DepartmentAddress(id="state-tax-shibei", url=bureau.url, secret="key")
    )

    with pytest.raises(error):
        await connector.watch("w-1", "TX-00000001", IdNumber("990203199003070012"), AUTHORITY)
    await connector.aclose()


EVENT = {
    "watch": "w",
    "record": "TX-00000001",
    "status": "APPROVED",
    "at": "2026-11-30T16:00:00+08:00",
}


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([{**EVENT, "cursor": 5}], id="behind the cursor"),
        pytest.param([{**EVENT, "cursor": 8}, {**EVENT, "cursor": 7}], id="out of order"),
        pytest.param([{**EVENT, "cursor": 8}, {**EVENT, "cursor": 8}], id="twice"),
        pytest.param([{**EVENT, "cursor": "8"}], id="no number"),
        pytest.param([{**EVENT, "cursor": 8, "approvedAmount": "1.234"}], id="three decimals"),
        pytest.param([{**EVENT, "cursor": 2**63}], id="a place that no database has"),
        pytest.param([{**EVENT, "cursor": 8, "status": "X" * 33}], id="a status of no list"),
        pytest.param([{**EVENT, "cursor": 8, "watch": "w\0"}], id="a key that is none"),
    ],
)
async def test_events_of_another_form_are_a_broken_contract(
    listen: Listen, events: list[dict[str, object]]
) -> None:
    bureau = await listen(lambda _: json_reply({"events": events}))
    connector = TaxRefundsConnector.open(
        DepartmentAddress(id="state-tax-shibei", url=bureau.url, secret="key")
    )
    try:
        with pytest.raises(DepartmentContractBroken):
            await connector.refund_events(5)
        bureau.answer = lambda _: json_reply({"events": [{**EVENT, "cursor": 6}]})
        fine = await connector.refund_events(5)
    finally:
        await connector.aclose()

    assert [type(one) for one in fine] == [RefundEvent]
