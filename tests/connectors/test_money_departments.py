"""Departments that keep money, over their own wires: asked, frozen, renewed, deducted, lifted."""

import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from connectors.banks import BanksConnector
from connectors.base import Connector
from connectors.control import ControlOrder, Receipt
from connectors.departments import CARRIED_BY
from connectors.errors import DepartmentContractBroken, KeyReused, OutcomeUnknown
from connectors.payment_balances import PaymentBalancesConnector
from connectors.question import Projection, Question
from connectors.settlement_funds import SettlementFundsConnector
from connectors.tax_refunds import TaxRefundsConnector
from domain.hold_term import ends_on
from domain.identity import IdNumber
from tests.connectors.money_departments import AUTHORITY, Bench, bench
from tests.sandbox.district import NOBODY, District, serving

pytestmark = pytest.mark.anyio

KINDS: Final[dict[str, tuple[type[Connector], Question[Any]]]] = {
    "payment_balances": (PaymentBalancesConnector, PaymentBalancesConnector.accounts_of),
    "settlement_funds": (SettlementFundsConnector, SettlementFundsConnector.accounts_of),
    "export_rebates": (TaxRefundsConnector, TaxRefundsConnector.export_rebates_of),
    "deposits": (BanksConnector, BanksConnector.deposits_of),
    "wealth": (BanksConnector, BanksConnector.wealth_of),
    "vat_refunds": (TaxRefundsConnector, TaxRefundsConnector.vat_refunds_of),
}
PAYING: Final = [kind for kind, (one, _) in KINDS.items() if "DEDUCT" in one.carries]
EXEMPT: Final = {
    "settlement_funds": {"POOLED_CUSTOMER_ACCOUNT", "SETTLEMENT_RESERVE"},
    "deposits": {"WAGE_GUARANTEE", "RELIEF", "DEPOSIT_RESERVE"},
}
every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    stems = dict.fromkeys(connector.stem for connector, _ in KINDS.values())
    with serving(tmp_path_factory.mktemp("money"), "--departments", ",".join(stems)) as district:
        yield district


@pytest.fixture
def district(running: District) -> Iterator[District]:
    yield running
    for served in running.departments.values():
        served.recover()
        served.set_clock(None)


async def clean(at: Bench, kind: str) -> tuple[IdNumber, Any]:
    """Return the principal's record of *kind*: every department has one, free of holds."""
    question = KINDS[kind][1]
    wanted = question.attributes & {"balance", "available_balance", "holds"}
    return (await at.records(question, *wanted))[0]


@every_kind
async def test_only_what_is_wanted_is_asked_and_an_unknown_subject_has_nothing(
    district: District, kind: str
) -> None:
    connector, question = KINDS[kind]
    served = district[connector.stem]
    before = len(served.lines())
    principal = IdNumber(district.population.principal)
    async with bench(district, connector) as at:
        ask = question.__get__(at.connector, connector)
        want = Projection({"source_record_id", "holds", "as_of"})
        answers = await ask([principal, IdNumber(NOBODY)], want, AUTHORITY)
        counted = await ask([principal], Projection(), AUTHORITY)

    [row, *_] = answers[principal].get()
    assert row.holds == ()
    assert _unasked(row, "source_record_id", "holds", "as_of") == {None}
    assert row.as_of == answers[principal].as_of
    assert answers[IdNumber(NOBODY)].get() == ()
    assert len(counted[principal].get()) == len(answers[principal].get())
    heard = served.lines()[before]
    assert len(heard["fields"]) == 2
    assert heard["authority"]["case"] == AUTHORITY.case_number
    assert heard["authority"]["purpose"] == "CONTROL"


@every_kind
async def test_every_field_can_be_had(district: District, kind: str) -> None:
    connector, question = KINDS[kind]
    async with bench(district, connector) as at:
        found = await at.records(question, *question.attributes)

    for attribute in question.attributes:
        values = {repr(getattr(row, attribute)) for _, row in found}
        assert values - {"None"}, f"nobody has {attribute}"
    assert any(row.holds for _, row in found)


@pytest.mark.parametrize("kind", PAYING)
async def test_a_freeze_is_exact_renewed_deducted_from_and_lifted(
    district: District, kind: str
) -> None:
    connector, question = KINDS[kind]
    async with bench(district, connector) as at:
        subject, before = await clean(at, kind)
        hold = at.freeze(subject, before.source_record_id, 123_45)
        held = await at.port.control(hold)
        _, frozen = await clean(at, kind)
        renewed = await at.port.control(at.about(hold, "RENEW"))
        standing = await at.port.standing_of(hold.key)
        same = await at.port.control(replace(at.about(hold, "DEDUCT", 23_45), ruling=hold.ruling))
        deducted = await at.port.control(at.about(hold, "DEDUCT", 23_45))
        lifted = await at.port.control(at.about(hold, "LIFT", 100_00))
        _, after = await clean(at, kind)
        ended = await at.port.standing_of(hold.key)
        statement = await at.port.holds_since((held.at + timedelta(hours=8)).date())

    assert (held.result, held.asked, held.controlled, held.rank) == ("FULL", 123_45, 123_45, 1)
    assert [(one.amount, one.rank, one.state) for one in frozen.holds] == [(123_45, 1, "ACTIVE")]
    assert frozen.holds[0].case_number == hold.case_number
    if "available_balance" in question.attributes:
        assert frozen.available_balance == before.available_balance - 123_45
        assert frozen.balance == before.balance
        assert after.balance == before.balance - 23_45
        assert after.available_balance == before.available_balance - 23_45
    assert held.ends_on is not None and standing is not None and ended is not None
    assert renewed.ends_on == ends_on(held.ends_on + timedelta(days=1), 12) == standing.ends_on
    assert (same.result, same.reason) == ("REFUSED", "DOCUMENT_DEFECT")
    assert (deducted.result, deducted.controlled) == ("FULL", 23_45)
    assert (lifted.result, lifted.rank) == ("FULL", None)
    assert (ended.state, ended.limit) == ("ENDED", 0)
    assert hold.key in [one.key for one in statement]
    assert after.holds == ()


@every_kind
async def test_more_than_there_is_is_held_in_part_and_a_second_hold_waits(
    district: District, kind: str
) -> None:
    connector, _ = KINDS[kind]
    async with bench(district, connector) as at:
        subject, before = await clean(at, kind)
        hold = at.freeze(subject, before.source_record_id, 10**12)
        first = await at.port.control(hold)
        second = replace(hold, key=os.urandom(8).hex(), case_number="（2026）示9903执2号")
        waits = await at.port.control(second)
        await at.port.control(at.about(hold, "LIFT"))
        behind = await at.port.standing_of(second.key)
        await at.port.control(at.about(second, "LIFT"))
        asked = await at.port.control(at.freeze(subject, before.source_record_id, 0))

    assert first.result == "PART"
    assert 0 < first.controlled < first.asked
    assert (waits.result, waits.reason) == ("WAITING", "PRIOR_HOLD_COVERS_ALL")
    assert behind is not None
    assert (behind.state, behind.controlled, behind.rank) == ("ACTIVE", first.controlled, 1)
    assert (asked.result, asked.prior_holds) == ("FULL", ())


@every_kind
async def test_who_is_not_the_owner_or_not_known_is_told_so(district: District, kind: str) -> None:
    async with bench(district, KINDS[kind][0]) as at:
        subject, row = await clean(at, kind)
        order = at.freeze(subject, row.source_record_id, 100)
        other = await at.port.control(replace(order, key="o1", subject_name="别人"))
        stranger = await at.port.control(replace(order, key="o2", subject=IdNumber(NOBODY)))
        nothing = await at.port.control(replace(order, key="o3", record="XX-99999999"))
        unheard = await at.port.outcome_of("unheard-of")
        unplaced = await at.port.standing_of("o3")

    assert [one.reason for one in (other, stranger, nothing)] == [
        "NAME_ID_MISMATCH",
        "NO_SUCH_SUBJECT",
        "NO_ASSET",
    ]
    assert (unheard, unplaced) == (None, None)


@pytest.mark.parametrize("kind", EXEMPT)
async def test_funds_that_the_law_exempts_are_told_and_not_frozen(
    district: District, kind: str
) -> None:
    connector, question = KINDS[kind]
    async with bench(district, connector) as at:
        found = await at.records(question, "special_purpose_flag", "holds")
        flagged = [(who, row) for who, row in found if row.special_purpose_flag in EXEMPT[kind]]
        subject, row = flagged[0]
        refused = await at.port.control(at.freeze(subject, row.source_record_id, 100))
        asked = await at.port.control(at.freeze(subject, row.source_record_id, 0))
        again = await at.records(question, "holds")

    assert {row.special_purpose_flag for _, row in flagged} == EXEMPT[kind]
    assert (refused.result, refused.reason, refused.controlled) == ("REFUSED", "EXEMPT_FUNDS", 0)
    assert asked.result == "FULL"
    record = row.source_record_id
    assert [one.holds for _, one in again if one.source_record_id == record] == [()]


@every_kind
async def test_a_value_of_another_form_costs_its_own_place(district: District, kind: str) -> None:
    connector, question = KINDS[kind]
    principal = IdNumber(district.population.principal)
    district[connector.stem].fall_ill("wrong_type", subjects=[principal])
    async with bench(district, connector) as at:
        ask = question.__get__(at.connector, connector)
        answers = await ask(
            [principal, IdNumber(NOBODY)], Projection({"source_record_id"}), AUTHORITY
        )

    spoiled = answers[principal]
    if spoiled.error is None:
        assert spoiled.damaged
        assert isinstance(spoiled.get()[0].source_record_id, DepartmentContractBroken)
    else:
        assert isinstance(spoiled.error, DepartmentContractBroken)
    assert answers[IdNumber(NOBODY)].get() == ()


@every_kind
@pytest.mark.parametrize("mode", ["half", "stranger", "overdeliver"])
async def test_nobody_is_left_out_added_or_told_more_about(
    district: District, kind: str, mode: str
) -> None:
    connector, question = KINDS[kind]
    principal = IdNumber(district.population.principal)
    district[connector.stem].fall_ill(mode)
    async with bench(district, connector) as at:
        ask = question.__get__(at.connector, connector)
        asked = [principal, IdNumber(NOBODY)]
        answers = await ask(asked, Projection({"source_record_id"}), AUTHORITY)

    assert set(answers) == set(asked)
    if mode == "half":
        assert isinstance(answers[asked[1]].error, DepartmentContractBroken)
    if mode == "overdeliver":
        assert answers[principal].overdelivered > 0
        assert _unasked(answers[principal].get()[0], "source_record_id") == {None}


@pytest.mark.parametrize("stem", {connector.stem: None for connector, _ in KINDS.values()})
async def test_one_key_has_one_effect_also_across_a_kill(tmp_path: Path, stem: str) -> None:
    kind = next(name for name, (one, _) in KINDS.items() if one.stem == stem)
    connector = KINDS[kind][0]
    with serving(tmp_path, "--departments", stem) as district:
        async with bench(district, connector) as at:
            subject, row = await clean(at, kind)
            hold = at.freeze(subject, row.source_record_id, 500_00)
        district[stem].fall_ill("drop_after_apply")
        async with bench(district, connector, deadline=0.6) as at:
            first = await _sent(at, hold)
        _kill(tmp_path, stem)
    (tmp_path / "ports.json").unlink()

    with serving(tmp_path, "--departments", stem) as district:
        async with bench(district, connector) as at:
            told = await at.port.outcome_of(hold.key)
            again = await at.port.control(hold)
            standing = await at.port.standing_of(hold.key)
            with pytest.raises(KeyReused):
                await at.port.control(replace(hold, document_hash="b" * 64))
            _, after = await clean(at, kind)

    assert first is None
    assert told == again
    assert again.result == "FULL"
    assert standing is not None and standing.controlled == 500_00
    assert [one.amount for one in after.holds] == [500_00]


def test_money_is_frozen_renewed_and_lifted_over_every_connection() -> None:
    for kind, (connector, _) in KINDS.items():
        held = {"QUERY", "FREEZE", "RENEW", "LIFT"}
        carried = held | {"DEDUCT"} if kind in PAYING else held
        assert CARRIED_BY[connector.department] == carried
    assert "DEDUCT" not in CARRIED_BY["state-tax-shibei"]  # it cannot be ordered to pay over


def _unasked(row: Any, *asked: str) -> set[object]:
    """Return the values of *row* that nobody asked for."""
    return {getattr(row, name) for name in row.__struct_fields__ if name not in asked}


async def _sent(at: Bench, order: ControlOrder) -> Receipt | None:
    try:
        return await at.port.control(order)
    except OutcomeUnknown:
        return None


def _kill(data: Path, stem: str) -> None:
    """Kill the department that this test started."""
    [entry] = [one for one in json.loads((data / "ports.json").read_text()) if one["stem"] == stem]
    os.kill(entry["pid"], signal.SIGKILL)
    time.sleep(0.05)
