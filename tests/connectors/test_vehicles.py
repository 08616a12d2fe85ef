"""Traffic police: SOAP in GB18030, out and in, and envelopes that must not be believed."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from connectors.address import DepartmentAddress
from connectors.control import PriorHold, Standing
from connectors.errors import (
    DepartmentBusy,
    DepartmentContractBroken,
    DepartmentError,
    DepartmentRefused,
    DepartmentTimeout,
    KeyReused,
    OutcomeUnknown,
)
from connectors.question import Authority, Projection
from connectors.records import EncumbranceRecord, HoldRecord, VehicleRecord
from connectors.soap import element
from connectors.vehicles import VehiclesConnector
from domain.money import Fen
from tests.connectors.conftest import Listen
from tests.connectors.damage import broken_values
from tests.connectors.people import ANNA, BEN, NOW, an_order, person
from tests.connectors.servers import Behaviour, Drop, Hang, Reply, Request

pytestmark = pytest.mark.anyio

V = "{urn:traffic-police:vehicles}"
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
DECLARATION = '<?xml version="1.0" encoding="GB18030"?>'
RARE = "㐀𠮷ḿ"
"""Characters of GB18030 that GBK does not have."""

RECEIPT = (
    '<v:HZ HZBH="R1" JG="FULL" YQ="1000.00" KZ="1000.00" YY="" SX="1" QSRQ="2026-11-23" '
    f'JZRQ="2027-11-22" JBR="h" SJ="{NOW}"><v:ZQ JG="示9904" JE="5.00" JZRQ="2027-01-01"/></v:HZ>'
)


def connector_at(url: str, deadline: float = 10) -> VehiclesConnector:
    return VehiclesConnector.open(
        DepartmentAddress(id="traffic-police", url=url, deadline_seconds=deadline)
    )


def envelope(body: str, *, before: str = "", status: int = 200) -> Reply:
    text = (
        f"{DECLARATION}{before}"
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
        f'xmlns:v="urn:traffic-police:vehicles"><soap:Body>{body}</soap:Body></soap:Envelope>'
    )
    return Reply(status, text.encode("gb18030"))


def owners(*owner: str, before: str = "") -> Reply:
    body = f'<v:QueryByOwnerResponse SJSJ="{NOW}">{"".join(owner)}</v:QueryByOwnerResponse>'
    return envelope(body, before=before)


def owner(number: str, *vehicles: str, known: str = "1") -> str:
    rows = "".join(f"<v:JDC>{one}</v:JDC>" for one in vehicles)
    return f'<v:SYR ZJHM="{number}" ZT="{known}">{rows}</v:SYR>'


def fault(code: str) -> Reply:
    return envelope(
        "<soap:Fault><faultcode>soap:Client</faultcode><faultstring>no</faultstring>"
        f"<detail><v:Code>{code}</v:Code></detail></soap:Fault>",
        status=500,
    )


async def test_vehicles_become_records_with_characters_outside_gbk(
    listen: Listen, authority: Authority
) -> None:
    first = (
        f"<v:SYR>{RARE}&lt;</v:SYR><v:HPHM>示A00001</v:HPHM><v:CCDJRQ>2024-02-29</v:CCDJRQ>"
        '<v:DYBJ>1</v:DYBJ><v:DYXX LX="MORTGAGE" JE="120000.00" QLR="某行" DJRQ="2024-03-01"/>'
        '<v:CFXX JG="示9904" SX="1" JE="5.10" JZRQ="2027-01-01" ZT="ACTIVE"/>'
        '<v:CFXX JG="示9903" AJBH="案" SX="2" JE="7.00" QSRQ="" JZRQ="" ZT="WAITING"/>'
    )
    department = await listen(
        lambda _: owners(owner(ANNA, first, "<v:HPHM>示A00002</v:HPHM>"), owner(BEN, known="0"))
    )
    connector = connector_at(department.url)
    want = Projection(
        {
            "owner_name",
            "plate_number",
            "first_registered_on",
            "mortgaged",
            "encumbrances",
            "holds",
            "as_of",
        }
    )
    instant = datetime(2026, 11, 23, 1, tzinfo=UTC)

    answers = await connector.owned_by([ANNA, BEN], want, authority)
    await connector.aclose()

    assert answers[BEN].get() == ()
    assert answers[ANNA].get() == (
        VehicleRecord(
            owner_name=f"{RARE}<",
            plate_number="示A00001",
            first_registered_on=date(2024, 2, 29),
            mortgaged=True,
            encumbrances=(
                EncumbranceRecord(
                    kind="MORTGAGE",
                    amount=Fen(12000000),
                    beneficiary="某行",
                    registered_on=date(2024, 3, 1),
                ),
            ),
            holds=(
                HoldRecord(
                    authority="示9904",
                    rank=1,
                    amount=Fen(510),
                    ends_on=date(2027, 1, 1),
                    state="ACTIVE",
                ),
                HoldRecord(
                    authority="示9903", case_number="案", rank=2, amount=Fen(700), state="WAITING"
                ),
            ),
            as_of=instant,
        ),
        VehicleRecord(plate_number="示A00002", encumbrances=(), holds=(), as_of=instant),
    )


async def test_one_envelope_names_the_owners_the_wanted_fields_and_the_authority(
    listen: Listen, authority: Authority
) -> None:
    department = await listen(lambda _: owners(owner(ANNA), owner(BEN)))
    connector = connector_at(department.url)

    await connector.owned_by([ANNA, BEN, ANNA], Projection({"vin", "plate_number"}), authority)
    await connector.aclose()

    (request,) = department.heard
    root = etree.fromstring(request.body)
    assert request.headers["content-type"] == "text/xml; charset=GB18030"
    assert request.headers["soapaction"] == '"urn:traffic-police:vehicles/QueryByOwner"'
    assert request.body.startswith(b'<?xml version="1.0" encoding="GB18030"?>')
    question = root.find(f"{SOAP}Body/{V}QueryByOwner")
    assert question is not None
    assert [(one.tag, one.text) for one in question] == [
        (f"{V}ZJHM", ANNA),
        (f"{V}ZJHM", BEN),
        (f"{V}ZD", "HPHM"),
        (f"{V}ZD", "CLSBDH"),
    ]
    header = root.find(f"{SOAP}Header/{V}Authority")
    assert header is not None
    assert [one.text for one in header] == [
        authority.case_number,
        authority.officer,
        authority.organisation,
        authority.purpose,
        authority.request_id,
    ]


async def test_more_owners_than_an_envelope_holds_are_more_envelopes(
    listen: Listen, authority: Authority
) -> None:
    def answer(request: Request) -> Behaviour:
        asked = etree.fromstring(request.body).iter(f"{V}ZJHM")
        return owners(*(owner(str(one.text), known="0") for one in asked))

    department = await listen(answer)
    connector = connector_at(department.url)

    answers = await connector.owned_by(
        [person(n) for n in range(201)], Projection({"vin"}), authority
    )
    await connector.aclose()

    assert len(department.heard) == 2
    assert len(answers) == 201
    assert all(one.get() == () for one in answers.values())


async def test_what_nobody_asked_for_is_dropped_and_counted(
    listen: Listen, authority: Authority
) -> None:
    row = '<v:HPHM>示A00001</v:HPHM><v:SJSZD>home</v:SJSZD><v:CFXX JG="x"/>'
    department = await listen(lambda _: owners(owner(ANNA, row, row)))
    connector = connector_at(department.url)

    answer = (await connector.owned_by([ANNA], Projection({"plate_number"}), authority))[ANNA]
    await connector.aclose()

    assert answer.get() == (VehicleRecord(plate_number="示A00001"),) * 2
    assert answer.overdelivered == 4


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        pytest.param("<v:CCDJRQ>20240101</v:CCDJRQ>", "first_registered_on", id="another date"),
        pytest.param("<v:DYBJ>yes</v:DYBJ>", "mortgaged", id="another truth"),
        pytest.param("<v:DYBJ>1</v:DYBJ><v:DYBJ>0</v:DYBJ>", "mortgaged", id="twice"),
        pytest.param("<v:DYBJ><v:X/></v:DYBJ>", "mortgaged", id="an element in a value"),
        pytest.param('<v:CFXX JG="x" SX="0"/>', "holds", id="rank nought"),
        pytest.param('<v:CFXX JG="x" JE="1.005"/>', "holds", id="a thousandth of a yuan"),
    ],
)
async def test_a_wrong_value_is_an_error_on_that_field_alone(
    listen: Listen, authority: Authority, row: str, broken: str
) -> None:
    department = await listen(lambda _: owners(owner(ANNA, row), owner(BEN, "")))
    connector = connector_at(department.url)
    want = Projection({"first_registered_on", "mortgaged", "holds"})

    answers = await connector.owned_by([ANNA, BEN], want, authority)
    await connector.aclose()

    assert broken_values(answers[ANNA]) == {broken}
    assert answers[BEN].get() == (VehicleRecord(holds=()),)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(owner(ANNA, "", known="0"), id="unknown with a vehicle"),
        pytest.param(owner(ANNA, known="2"), id="neither known nor unknown"),
    ],
)
async def test_a_wrong_form_costs_one_owner(
    listen: Listen, authority: Authority, broken: str
) -> None:
    department = await listen(lambda _: owners(broken, owner(BEN, "")))
    connector = connector_at(department.url)
    want = Projection({"first_registered_on", "mortgaged", "holds"})

    answers = await connector.owned_by([ANNA, BEN], want, authority)
    await connector.aclose()

    assert isinstance(answers[ANNA].error, DepartmentContractBroken)
    assert answers[BEN].get() == (VehicleRecord(holds=()),)


BOMB = (
    "<!DOCTYPE x [<!ENTITY a '"
    + "x" * 50
    + "'>"
    + "".join(f"<!ENTITY a{n} '{'&a;' * 20}'>" for n in range(5))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(owners(owner("&a4;"), before=BOMB), DepartmentContractBroken, id="bomb"),
        pytest.param(owners(owner("&f;"), before=OUTSIDE), DepartmentContractBroken, id="a file"),
        pytest.param(owners(before="<!DOCTYPE x>"), DepartmentContractBroken, id="a document type"),
        pytest.param(owners("&nosuch;"), DepartmentContractBroken, id="an undeclared entity"),
        pytest.param(
            Reply(200, owners().body.replace(b"GB18030", b"UTF-8")),
            DepartmentContractBroken,
            id="another encoding",
        ),
        pytest.param(
            Reply(200, owners().body[:-30]), DepartmentContractBroken, id="half an envelope"
        ),
        pytest.param(
            Reply(200, DECLARATION.encode() + b"<a>\xff\xff</a>"),
            DepartmentContractBroken,
            id="not GB18030",
        ),
        pytest.param(Reply(200, b""), DepartmentContractBroken, id="nothing"),
        pytest.param(envelope(""), DepartmentContractBroken, id="an empty body"),
        pytest.param(envelope("<v:Other/>"), DepartmentContractBroken, id="another answer"),
        pytest.param(
            envelope("<v:QueryByOwnerResponse/>"), DepartmentContractBroken, id="no instant"
        ),
        pytest.param(fault("UNKNOWN_FIELD"), DepartmentRefused, id="fault: unknown field"),
        pytest.param(fault("BUSY"), DepartmentBusy, id="fault: busy"),
        pytest.param(fault("?"), DepartmentContractBroken, id="fault: unheard of"),
        pytest.param(Reply(500, b"oops"), DepartmentContractBroken, id="500 without a fault"),
        pytest.param(Reply(503), DepartmentBusy, id="overloaded"),
        pytest.param(Hang(), DepartmentTimeout, id="never answers"),
    ],
)
async def test_a_department_that_gives_no_envelope_says_what_can_be_done(
    listen: Listen, authority: Authority, reply: Behaviour, expected: type[DepartmentError]
) -> None:
    department = await listen(lambda _: reply)
    connector = connector_at(department.url, deadline=1)

    with pytest.raises(expected) as caught:
        await connector.owned_by([ANNA], Projection({"vin"}), authority)
    await connector.aclose()

    assert type(caught.value) is expected


async def test_sealing_a_vehicle_sends_the_order_as_written_and_gives_a_receipt(
    listen: Listen,
) -> None:
    department = await listen(
        lambda _: envelope(f"<v:ControlResponse>{RECEIPT}</v:ControlResponse>")
    )
    connector = connector_at(department.url)

    receipt = await connector.control(an_order(action="SEAL", amount_fen=Fen(100000)))
    await connector.aclose()

    assert (receipt.result, receipt.asked, receipt.controlled, receipt.rank) == (
        "FULL",
        100000,
        100000,
        1,
    )
    assert receipt.reason is None
    assert receipt.prior_holds == (
        PriorHold(authority="示9904", amount=500, expires_on=date(2027, 1, 1)),
    )
    (request,) = department.heard
    sent = etree.fromstring(request.body).find(f"{SOAP}Body/{V}Control")
    assert sent is not None
    assert sent.findtext(f"{V}XM") == "甲<&>㐀𠮷"
    assert sent.findtext(f"{V}JE") == "1000.00"
    assert [one.text for one in sent.findall(f"{V}ZFRY")] == ["示9903001", "示9903002"]


def altered(old: str, new: str) -> Reply:
    return envelope(f"<v:ControlResponse>{RECEIPT.replace(old, new)}</v:ControlResponse>")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(fault("KEY_REUSED"), KeyReused, id="key reused"),
        pytest.param(fault("BAD_REQUEST"), DepartmentRefused, id="refused"),
        pytest.param(fault("BUSY"), DepartmentBusy, id="busy: not taken"),
        pytest.param(Reply(503), DepartmentBusy, id="overloaded: not taken"),
        pytest.param(fault("?"), OutcomeUnknown, id="an unheard-of fault"),
        pytest.param(Reply(500, b"oops"), OutcomeUnknown, id="500"),
        pytest.param(Reply(200, b"garbage"), OutcomeUnknown, id="garbage"),
        pytest.param(Hang(), OutcomeUnknown, id="never answers"),
        pytest.param(Drop(), OutcomeUnknown, id="hangs up after reading"),
        pytest.param(envelope("<v:ControlResponse/>"), OutcomeUnknown, id="no receipt"),
        pytest.param(
            altered('KZ="1000.00"', 'KZ="1000.01"'), DepartmentContractBroken, id="held too much"
        ),
        pytest.param(
            altered('YQ="1000.00"', 'YQ="1"'), DepartmentContractBroken, id="another amount"
        ),
        pytest.param(
            altered('JG="FULL"', 'JG="SURE"'), DepartmentContractBroken, id="another result"
        ),
        pytest.param(altered('YY=""', 'YY="RAIN"'), DepartmentContractBroken, id="another reason"),
        pytest.param(altered('SJ="', 'X="'), DepartmentContractBroken, id="no instant"),
        pytest.param(
            altered("2027-11-22", "2025-11-22"),
            DepartmentContractBroken,
            id="ends before it starts",
        ),
    ],
)
async def test_an_order_is_sent_once_whatever_happens(
    listen: Listen, reply: Behaviour, expected: type[DepartmentError]
) -> None:
    department = await listen(lambda _: reply)
    connector = connector_at(department.url, deadline=1)

    with pytest.raises(expected) as caught:
        await connector.control(an_order(action="SEAL", amount_fen=Fen(100000)))
    await connector.aclose()

    assert type(caught.value) is expected
    assert len(department.heard) == 1


async def test_what_became_of_a_key_can_be_asked(listen: Listen) -> None:
    replies = [
        envelope(f"<v:ControlStatusResponse>{RECEIPT}</v:ControlStatusResponse>"),
        envelope("<v:ControlStatusResponse/>"),
    ]
    department = await listen(lambda _: replies.pop(0))
    connector = connector_at(department.url)

    found, missing = await connector.outcome_of("key-1"), await connector.outcome_of("key-2")
    await connector.aclose()

    assert found is not None
    assert found.receipt_number == "R1"
    assert missing is None
    assert b"<v:WJBH>key-1</v:WJBH>" in department.heard[0].body


def stands(
    of: str = 'WJBH="key-1" JLBH="TP-00000001" XE="1000.00" KZ="1000.00" SX="1" ZT="ACTIVE"',
    term: str = 'QSRQ="2026-11-23" JZRQ="2027-11-22"',
) -> str:
    return f"<v:CFZT {of} {term}/>"


def status(*content: str, operation: str = "ControlStatus") -> Reply:
    return envelope(f"<v:{operation}Response>{''.join(content)}</v:{operation}Response>")


async def test_what_a_seal_is_worth_now_stands_beside_its_receipt(listen: Listen) -> None:
    replies = [
        status(RECEIPT, stands()),
        status(RECEIPT, stands()),
        status(RECEIPT),
        status(),
        status(stands(), operation="ControlStatement"),
    ]
    department = await listen(lambda _: replies.pop(0))
    connector = connector_at(department.url)

    receipt = await connector.outcome_of("key-1")
    found = [await connector.standing_of("key-1") for _ in range(3)]
    every = await connector.holds_since(date(2026, 11, 23))
    await connector.aclose()

    standing = Standing(
        key="key-1",
        record="TP-00000001",
        limit=100000,
        controlled=100000,
        rank=1,
        state="ACTIVE",
        starts_on=date(2026, 11, 23),
        ends_on=date(2027, 11, 22),
    )
    assert receipt is not None
    assert (found, every) == ([standing, None, None], (standing,))
    assert b"<v:RQ>2026-11-23</v:RQ>" in department.heard[-1].body


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(status(stands(), stands()), DepartmentContractBroken, id="twice"),
        pytest.param(
            status(stands().replace("key-1", "key-2")), DepartmentContractBroken, id="another seal"
        ),
        pytest.param(status(stands(term="")), DepartmentContractBroken, id="without a term"),
        pytest.param(
            status(stands().replace('KZ="1000.00"', 'KZ="1000.01"')),
            DepartmentContractBroken,
            id="more than its limit",
        ),
        pytest.param(
            status(stands().replace("ACTIVE", "SURE")), DepartmentContractBroken, id="another state"
        ),
        pytest.param(status(stands(of="")), DepartmentContractBroken, id="half a standing"),
        pytest.param(fault("BAD_REQUEST"), DepartmentRefused, id="refused"),
        pytest.param(Reply(503), DepartmentBusy, id="overloaded"),
        pytest.param(Hang(), DepartmentTimeout, id="never answers"),
    ],
)
async def test_who_does_not_say_what_a_seal_is_worth_is_not_guessed_at(
    listen: Listen, reply: Behaviour, expected: type[DepartmentError]
) -> None:
    department = await listen(lambda _: reply)
    connector = connector_at(department.url, deadline=1)

    with pytest.raises(expected) as caught:
        await connector.standing_of("key-1")
    await connector.aclose()

    assert type(caught.value) is expected


async def test_a_lift_names_the_seal_it_lifts(listen: Listen) -> None:
    lifted = RECEIPT.replace('JG="FULL"', 'CSLX="LIFT" JG="FULL"').replace(
        'SX="1" QSRQ="2026-11-23" JZRQ="2027-11-22"', ""
    )
    department = await listen(
        lambda _: envelope(f"<v:ControlResponse>{lifted}</v:ControlResponse>")
    )
    connector = connector_at(department.url)
    order = an_order(action="LIFT", amount_fen=Fen(100000), hold_key="key-0", months=0)

    receipt = await connector.control(order)
    with pytest.raises(DepartmentContractBroken):  # it says that something was lifted
        await connector.control(an_order(action="SEAL", amount_fen=Fen(100000)))
    await connector.aclose()

    assert (receipt.action, receipt.controlled, receipt.ends_on) == ("LIFT", 100000, None)
    lifting, sealing = (request.body for request in department.heard)
    assert b"<v:YWJBH>key-0</v:YWJBH>" in lifting
    assert b"<v:YS>0</v:YS>" in lifting
    assert b"YWJBH" not in sealing


@given(st.text())
def test_any_text_is_either_carried_unharmed_or_refused(text: str) -> None:
    try:
        written = f'<r xmlns:v="v">{element("T", text)}</r>'.encode("gb18030")
    except ValueError:
        return

    root = etree.fromstring(written.decode("gb18030"))

    assert len(root) == 1
    assert (root[0].text or "") == text.replace("\r\n", "\n").replace("\r", "\n")
