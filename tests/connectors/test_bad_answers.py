"""Answers as departments really give them: codes, money, days, characters, too many, twice; on every wire."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors import forms
from connectors.bounds import MOST_RECORDS, Remarks
from connectors.columns import Column
from connectors.errors import DepartmentContractBroken
from connectors.exchange_database import open_database
from connectors.http import open_client
from connectors.json_shape import JsonShape, Said
from connectors.question import Answer, Authority, Projection
from connectors.records import SecurityHoldingRecord, VehicleRecord
from connectors.rest import post_json
from tests.connectors import (
    test_housing_fund,
    test_identity,
    test_related_persons,
    test_securities,
    test_vehicles,
)
from tests.connectors.centres import Centre
from tests.connectors.conftest import Listen
from tests.connectors.damage import broken_values
from tests.connectors.people import ANNA, BEN, NOW
from tests.connectors.servers import Reply


def with_family(authority: Authority) -> Authority:
    return msgspec.structs.replace(authority, covers_family=True)


pytestmark = pytest.mark.anyio

AT = datetime.fromisoformat(NOW)
Rows = list[dict[str, Any]]
Ask = Callable[[Rows, set[str]], Awaitable[Answer[Any]]]


@pytest.fixture
def rest(listen: Listen, authority: Authority) -> Ask:
    async def ask(rows: Rows, want: set[str]) -> Answer[Any]:
        person = {"idNumber": ANNA, "found": True, "documents": rows}
        department = await listen(test_identity.answering(person))
        connector = test_identity.connector_at(department.url)
        answers = await connector.travel_documents_of([ANNA], Projection(want), authority)
        await connector.aclose()
        return answers[ANNA]

    return ask


@pytest.fixture
def soap(listen: Listen, authority: Authority) -> Ask:
    async def ask(rows: Rows, want: set[str]) -> Answer[Any]:
        vehicles = ["".join(f"<v:{k}>{v}</v:{k}>" for k, v in row.items()) for row in rows]
        reply = test_vehicles.owners(test_vehicles.owner(ANNA, *vehicles))
        department = await listen(lambda _: reply)
        connector = test_vehicles.connector_at(department.url)
        answers = await connector.owned_by([ANNA], Projection(want), authority)
        await connector.aclose()
        return answers[ANNA]

    return ask


@pytest.fixture
def sql(tmp_path: Path, authority: Authority) -> Ask:
    async def ask(rows: Rows, want: set[str]) -> Answer[Any]:
        url = f"sqlite:///{tmp_path}/exchange.db"
        sides = (open_database(url), open_database(url))
        centre = Centre(sides[0])
        [row] = rows
        centre.answers = {ANNA: row}
        connector = test_housing_fund.asking(sides)
        async with centre.at_work():
            answers = await connector.accounts_of([ANNA], Projection(want), authority)
        await connector.aclose()
        await sides[0].aclose()
        return answers[ANNA]

    return ask


@pytest.fixture
def ticket(listen: Listen, authority: Authority) -> Ask:
    async def ask(rows: Rows, want: set[str]) -> Answer[Any]:
        said = {"subject": ANNA, "found": True, "holdings": rows}
        department = await listen(
            test_securities.then(test_securities.TICKET, test_securities.ready(said))
        )
        connector = test_securities.connector_at(department.url, deadline=5)
        answers = await connector.holdings_of([ANNA], Projection(want), authority)
        await connector.aclose()
        return answers[ANNA]

    return ask


@pytest.fixture
def graphql(listen: Listen, authority: Authority) -> Ask:
    async def ask(rows: Rows, want: set[str]) -> Answer[Any]:
        department = await listen(
            test_related_persons.answering(test_related_persons.related(*rows))
        )
        connector = test_related_persons.connector_at(department.url)
        answers = await connector.related_to([ANNA], Projection(want), with_family(authority))
        await connector.aclose()
        return answers[ANNA]

    return ask


@pytest.fixture
def ask_by(rest: Ask, soap: Ask, sql: Ask, ticket: Ask, graphql: Ask) -> Mapping[str, Ask]:
    return {"rest": rest, "soap": soap, "sql": sql, "ticket": ticket, "graphql": graphql}


@pytest.mark.parametrize(
    ("wire", "word", "attribute"),
    [
        pytest.param("rest", "documentKind", "document_kind", id="rest"),
        pytest.param("sql", "grzhzt", "account_status", id="sql"),
        pytest.param("ticket", "shareNature", "share_nature", id="ticket"),
    ],
)
async def test_a_code_that_no_list_has_stays_as_it_was_said_and_is_marked(
    ask_by: Mapping[str, Ask], wire: str, word: str, attribute: str
) -> None:
    answer = await ask_by[wire]([{word: "7Z"}], {attribute})

    [record] = answer.get()
    assert getattr(record, attribute) == "7Z"
    assert (answer.damaged, answer.remarks) == (
        False,
        Remarks(unknown_codes=frozenset({attribute})),
    )


@pytest.mark.parametrize("value", [7, None, {"code": "7Z"}, "", "two words", "x" * 33])
async def test_what_is_no_code_at_all_is_not_kept(ticket: Ask, value: object) -> None:
    answer = await ticket([{"shareNature": value, "quantity": 1}], {"share_nature", "quantity"})

    assert broken_values(answer) == (set() if value is None else {"share_nature"})


@pytest.mark.parametrize(
    ("wire", "row", "attribute"),
    [
        pytest.param("sql", {"djxx": [{"jg": "示9904", "sx": 1, "zt": "?"}]}, "holds", id="sql"),
        pytest.param(
            "ticket", {"holds": [{"authority": "示9904", "rank": 1, "state": "?"}]}, "holds", id="ticket"
        ),
        pytest.param("sql", {"zjlx": "112"}, "owner_id_type", id="whose it is"),
        pytest.param("graphql", {"role": "FRIEND"}, "role", id="who may be looked at"),
    ],
)  # fmt: skip
async def test_a_code_that_changes_what_the_law_makes_of_it_is_never_guessed(
    ask_by: Mapping[str, Ask], wire: str, row: dict[str, Any], attribute: str
) -> None:
    answer = await ask_by[wire]([row], {attribute})

    assert broken_values(answer) == {attribute}
    assert answer.remarks is None


@pytest.mark.parametrize(
    ("wire", "row", "attribute"),
    [
        pytest.param("ticket", {"quantity": 2**63}, "quantity", id="shares"),
        pytest.param(
            "ticket", {"holds": [{"authority": "示9904", "rank": 2**31, "state": "ACTIVE"}]}, "holds",
            id="rank",
        ),
        pytest.param("graphql", {"personIdNumber": "\0" * 18}, "related_id_number", id="whose number"),
        pytest.param("graphql", {"personIdNumber": "示" * 18}, "related_id_number", id="no number"),
    ],
)  # fmt: skip
async def test_a_number_that_no_register_has_costs_its_field(
    ask_by: Mapping[str, Ask], wire: str, row: dict[str, Any], attribute: str
) -> None:
    answer = await ask_by[wire]([row], {attribute})

    assert broken_values(answer) == {attribute}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
@pytest.mark.parametrize("wire", ["rest", "soap", "ticket", "graphql"])
async def test_an_instant_with_which_nobody_can_reckon_is_a_broken_contract(
    monkeypatch: pytest.MonkeyPatch, ask_by: Mapping[str, Ask], wire: str, moment: str
) -> None:
    for module in (test_identity, test_vehicles, test_securities, test_related_persons):
        monkeypatch.setattr(module, "NOW", moment)
    told: dict[str, tuple[dict[str, Any], str]] = {
        "rest": ({"documentNumber": "1"}, "document_number"),
        "soap": ({"HPHM": "示A00001"}, "plate_number"),
        "ticket": ({"quantity": 1}, "quantity"),
        "graphql": ({"evidence": "1"}, "evidence"),
    }
    row, attribute = told[wire]

    try:
        error: Exception | None = (await ask_by[wire]([row], {attribute})).error
    except DepartmentContractBroken as broken:
        error = broken

    assert isinstance(error, DepartmentContractBroken)


@pytest.mark.parametrize("word", ["class", "from", "None"])
def test_a_word_may_be_one_of_pythons(word: str) -> None:
    shape = JsonShape(VehicleRecord, [Column("usage_nature", word)])
    rows = msgspec.Raw(json.dumps([{word: "A"}]).encode())

    answer = shape.many(
        "register", Said(msgspec.Raw(b"true"), rows), Projection({"usage_nature"}), AT
    )

    assert answer.get()[0].usage_nature == "A"


async def test_a_hold_in_an_unknown_state_is_never_guessed_in_xml(
    listen: Listen, authority: Authority
) -> None:
    hold = '<v:CFXX JG="示9904" SX="1" ZT="?"/>'
    department = await listen(
        lambda _: test_vehicles.owners(test_vehicles.owner(ANNA, f"<v:HPZL>02</v:HPZL>{hold}"))
    )
    connector = test_vehicles.connector_at(department.url)

    answers = await connector.owned_by([ANNA], Projection({"holds", "plate_type_code"}), authority)
    await connector.aclose()

    assert broken_values(answers[ANNA]) == {"holds"}


@pytest.mark.parametrize("amount", ["1.005", "-1.00", "-0.01", "1,000.00", "1e3", "１.00", " 1.00"])
@pytest.mark.parametrize(
    ("wire", "word", "attribute"),
    [
        pytest.param("sql", "grzhye", "balance", id="sql"),
        pytest.param("ticket", "marketValueYuan", "market_value", id="ticket"),
    ],
)
async def test_money_that_is_not_exact_or_below_zero_breaks_the_contract_of_its_field(
    ask_by: Mapping[str, Ask], wire: str, word: str, attribute: str, amount: str
) -> None:
    answer = await ask_by[wire]([{word: amount}], {attribute})

    assert broken_values(answer) == {attribute}


@pytest.mark.parametrize("amount", ["1.005", "-1.00"])
async def test_money_in_xml_is_exact_too(listen: Listen, authority: Authority, amount: str) -> None:
    burden = f'<v:HPYS>蓝</v:HPYS><v:DYXX LX="MORTGAGE" JE="{amount}"/>'
    department = await listen(lambda _: test_vehicles.owners(test_vehicles.owner(ANNA, burden)))
    connector = test_vehicles.connector_at(department.url)
    want = Projection({"encumbrances", "plate_colour"})

    answers = await connector.owned_by([ANNA], want, authority)
    await connector.aclose()

    assert broken_values(answers[ANNA]) == {"encumbrances"}


WRITTEN = {
    "dashed": "2026-11-30",
    "compact": "20261130",
    "slashed": "2026/11/30",
    "chinese": "2026年11月30日",
}
DAYS = {
    "dashed": forms.DASHED_DAY,
    "compact": forms.COMPACT_DAY,
    "slashed": forms.SLASHED_DAY,
    "chinese": forms.CHINESE_DAY,
}


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("agreed", DAYS)
def test_a_departments_table_names_the_one_form_of_its_days(agreed: str, written: str) -> None:
    column = Column("first_registered_on", "d", *DAYS[agreed])
    shape = JsonShape(VehicleRecord, [column])
    want = Projection({"first_registered_on"})
    said = Said(msgspec.Raw(b"true"), msgspec.Raw(json.dumps([{"d": WRITTEN[written]}]).encode()))

    answer = shape.many("register", said, want, datetime.fromisoformat(NOW))

    if agreed == written:
        assert answer.get()[0].first_registered_on == date(2026, 11, 30)
    else:
        assert broken_values(answer) == {"first_registered_on"}


@pytest.mark.parametrize("day", ["20261131", "20260229", "00000101", "2026113", "202611300"])
def test_a_day_that_no_calendar_has_breaks_the_contract(day: str) -> None:
    shape = JsonShape(VehicleRecord, [Column("first_registered_on", "d", *forms.COMPACT_DAY)])
    said = Said(msgspec.Raw(b"true"), msgspec.Raw(json.dumps([{"d": day}]).encode()))
    want = Projection({"first_registered_on"})

    answer = shape.many("register", said, want, datetime.fromisoformat(NOW))

    assert broken_values(answer) == {"first_registered_on"}


@pytest.mark.parametrize(
    ("wire", "word", "attribute"),
    [
        pytest.param("rest", "issuedOn", "issued_on", id="rest"),
        pytest.param("soap", "CCDJRQ", "first_registered_on", id="soap"),
        pytest.param("ticket", "priceAsOf", "price_as_of", id="ticket"),
        pytest.param("graphql", "validFrom", "valid_from", id="graphql"),
    ],
)
@pytest.mark.parametrize("written", ["compact", "slashed", "chinese"])
async def test_a_day_in_another_form_than_agreed_costs_its_field(
    ask_by: Mapping[str, Ask], wire: str, word: str, attribute: str, written: str
) -> None:
    answer = await ask_by[wire]([{word: WRITTEN[written]}], {attribute})

    assert broken_values(answer) == {attribute}


NAME = "示例张三"


@pytest.mark.parametrize("encoding", ["GB18030", "GBK", "gb2312"])
async def test_xml_in_the_encoding_that_it_declares_is_read(
    listen: Listen, authority: Authority, encoding: str
) -> None:
    body = test_vehicles.owners(test_vehicles.owner(ANNA, f"<v:SYR>{NAME}</v:SYR>")).body
    text = body.decode("gb18030").replace("GB18030", encoding)
    department = await listen(lambda _: Reply(200, text.encode(encoding)))
    connector = test_vehicles.connector_at(department.url)

    answers = await connector.owned_by([ANNA], Projection({"owner_name"}), authority)
    await connector.aclose()

    assert answers[ANNA].get()[0].owner_name == NAME


async def test_xml_in_utf8_that_says_it_is_gbk_is_nobodys_name(
    listen: Listen, authority: Authority
) -> None:
    body = test_vehicles.owners(test_vehicles.owner(ANNA, f"<v:SYR>{NAME}</v:SYR>")).body
    text = body.decode("gb18030").replace("GB18030", "GBK")
    department = await listen(lambda _: Reply(200, text.encode()))
    connector = test_vehicles.connector_at(department.url)

    with pytest.raises(DepartmentContractBroken) as broken:
        await connector.owned_by([ANNA], Projection({"owner_name"}), authority)
    await connector.aclose()

    assert NAME not in str(broken.value)
    assert broken.value.__cause__ is None


GARBLED = [
    pytest.param(NAME.encode("gbk"), id="GBK"),
    pytest.param(NAME.encode()[:-1], id="cut in the middle of a character"),
    pytest.param("示例\ufffd\ufffd".encode(), id="replaced by somebody before"),
    pytest.param("锟斤拷锟斤拷".encode(), id="replaced, and read as GBK"),
    pytest.param(NAME.encode().decode("latin-1").encode(), id="read as Latin-1"),
]


@pytest.mark.parametrize("name", GARBLED)
@pytest.mark.parametrize("wire", ["rest", "ticket", "graphql"])
async def test_json_with_garbled_characters_is_a_broken_contract_that_repeats_nothing(
    listen: Listen, authority: Authority, wire: str, name: bytes
) -> None:
    asked: Any
    if wire == "rest":
        body = json.dumps({"asOf": NOW, "people": [test_identity.known(name="@")]}).encode()
        token = Reply(200, json.dumps(test_identity.TOKEN).encode())
        garbled = Reply(200, body.replace(b"@", name))
        department = await listen(lambda r: token if r.path == "/oauth/token" else garbled)
        connector: Any = test_identity.connector_at(department.url)
        asked = connector.identity_of([ANNA], Projection({"name"}), authority)
    elif wire == "ticket":
        row = {"subject": ANNA, "found": True, "holdings": [{"ownerName": "@"}]}
        body = test_securities.ready(row).body
        garbled = Reply(200, body.replace(b"@", name))
        department = await listen(test_securities.then(test_securities.TICKET, garbled))
        connector = test_securities.connector_at(department.url, deadline=5)
        asked = connector.holdings_of([ANNA], Projection({"owner_name"}), authority)
    else:
        rows = test_related_persons.related({"personName": "@"})
        body = json.dumps({"data": {"relations": [rows]}}).encode()
        garbled = Reply(200, body.replace(b"@", name))
        department = await listen(lambda _: garbled)
        connector = test_related_persons.connector_at(department.url)
        asked = connector.related_to([ANNA], Projection({"related_name"}), with_family(authority))

    error: Exception | None = None
    try:
        answer = (await asked)[ANNA]
        error = answer.error
        if error is None:
            assert broken_values(answer)
    except DepartmentContractBroken as broken:
        error = broken
    await connector.aclose()

    assert error is None or isinstance(error, DepartmentContractBroken)
    assert error is None or NAME[-2:] not in str(error)


async def test_a_garbled_row_of_an_exchange_costs_its_subject(sql: Ask) -> None:
    answer = await sql([{"xingming": "锟斤拷"}], {"owner_name"})

    assert isinstance(answer.error, DepartmentContractBroken)


@pytest.mark.parametrize(
    ("content", "is_read"),
    [
        pytest.param(f'{{"name": "{NAME}"}}'.encode("gbk"), True, id="as agreed"),
        pytest.param(f'{{"name": "{NAME}"}}'.encode(), False, id="UTF-8 after all"),
        pytest.param(b'{"name": "\xff\xff"}', False, id="neither"),
        pytest.param(b'{"name": "plain"}', True, id="nothing but ASCII"),
    ],
)
async def test_a_department_may_be_agreed_to_answer_in_gbk(
    listen: Listen, content: bytes, is_read: bool
) -> None:
    department = await listen(lambda _: Reply(200, content))
    client = open_client(department.url, timeout=5)
    asked = post_json(client, "register", "/", {}, headers={}, charset="gbk")

    if is_read:
        assert (await asked).decode() == content.decode("gbk")
    else:
        with pytest.raises(DepartmentContractBroken) as broken:
            await asked
        assert broken.value.__cause__ is None
    await client.aclose()


@pytest.mark.parametrize(
    ("wire", "word", "attribute"),
    [
        pytest.param("rest", "documentNumber", "document_number", id="rest"),
        pytest.param("soap", "HPHM", "plate_number", id="soap"),
        pytest.param("ticket", "securityName", "security_name", id="ticket"),
        pytest.param("graphql", "evidence", "evidence", id="graphql"),
    ],
)
async def test_ten_thousand_records_are_cut_and_said_to_be(
    ask_by: Mapping[str, Ask], wire: str, word: str, attribute: str
) -> None:
    answer = await ask_by[wire]([{word: f"n{n}"} for n in range(10_000)], {attribute})

    shown = answer.get()
    assert [getattr(shown[at], attribute) for at in (0, -1)] == ["n0", f"n{MOST_RECORDS - 1}"]
    assert len(shown) == MOST_RECORDS
    assert answer.remarks == Remarks(more=True, in_all=10_000)


NUMBERED = {"recordId": "SD-00000001", "quantity": 5}


@pytest.mark.parametrize(
    ("rows", "want", "shown", "remarks"),
    [
        pytest.param(
            [NUMBERED, NUMBERED], {"source_record_id", "quantity"}, 1, Remarks(in_all=1, repeated=1),
            id="the same twice",
        ),
        pytest.param(
            [NUMBERED, {**NUMBERED, "recordId": "SD-00000002"}],
            {"source_record_id", "quantity"}, 2, None, id="two of a kind",
        ),
        pytest.param(
            [{"quantity": 5}, {"quantity": 5}], {"quantity"}, 2, None, id="no number to tell by"
        ),
    ],
)  # fmt: skip
async def test_a_record_that_comes_twice_is_shown_once_and_said_to_be(
    ticket: Ask, rows: Rows, want: set[str], shown: int, remarks: Remarks | None
) -> None:
    answer = await ticket(rows, want)

    assert (len(answer.get()), answer.remarks) == (shown, remarks)


async def test_two_records_with_one_number_are_nobodys_truth(ticket: Ask) -> None:
    rows = [NUMBERED, {**NUMBERED, "quantity": 6}]

    answer = await ticket(rows, {"source_record_id", "quantity"})

    assert isinstance(answer.error, DepartmentContractBroken)


async def test_a_subject_with_too_much_costs_nobody_else_anything(
    listen: Listen, authority: Authority
) -> None:
    many = {"subject": ANNA, "found": True, "holdings": [{"quantity": 1}] * (MOST_RECORDS + 1)}
    one = {"subject": BEN, "found": True, "holdings": [{"quantity": 2}]}
    department = await listen(
        test_securities.then(test_securities.TICKET, test_securities.ready(many, one))
    )
    connector = test_securities.connector_at(department.url, deadline=5)

    answers = await connector.holdings_of([ANNA, BEN], Projection({"quantity"}), authority)
    await connector.aclose()

    assert answers[BEN] == Answer(
        value=(SecurityHoldingRecord(quantity=2),), as_of=answers[BEN].as_of
    )
