"""Sealed XML batches on real sockets: what is sent, and what of an answer is believed."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from connectors.address import DepartmentAddress
from connectors.banks import BanksConnector
from connectors.errors import (
    DepartmentBusy,
    DepartmentContractBroken,
    DepartmentError,
    DepartmentRefused,
    KeyReused,
    OutcomeUnknown,
)
from connectors.question import Authority, Projection
from domain.money import Fen
from tests.connectors.conftest import Listen
from tests.connectors.people import ANNA, BEN, an_order
from tests.connectors.servers import Reply, Request

pytestmark = pytest.mark.anyio

B = "{urn:chakong:batch:1}"
SEAL_KEY = "both sides know"
AT = "2026-11-23T09:00:00+08:00"
BALANCE = Projection({"balance", "as_of"})


def sealed(body: Any) -> str:
    canonical = etree.tostring(body, method="c14n", exclusive=True)
    return hmac.new(SEAL_KEY.encode(), canonical, hashlib.sha256).hexdigest()


def message(request: Request) -> Any:
    text = request.body.decode(request.headers["content-type"].partition("charset=")[2])
    return etree.fromstring(text.partition("?>")[2])


def batch(  # noqa: PLR0913 -- an answer has these parts
    request: Request,
    entries: str,
    *,
    charset: str = "GB18030",
    seal: str | None = None,
    body: str = f'asOf="{AT}"',
    count: int | None = None,
    to: str | None = None,
    before: str = "",
) -> Reply:
    """Return the answer with *entries*, right unless told otherwise."""
    made = etree.fromstring(f'<Body xmlns="{B[1:-1]}" {body}>{entries}</Body>')
    number = to or message(request).findtext(f"{B}Header/{B}MessageId")
    text = (
        f'{before}<Batch xmlns="{B[1:-1]}"><Header><MessageId>1</MessageId>'
        f"<InReplyTo>{number}</InReplyTo><Type>ANSWER</Type><Sender>BANK</Sender>"
        f"<SentAt>{AT}</SentAt><Count>{len(made) if count is None else count}</Count>"
        f"<Seal>{sealed(made) if seal is None else seal}</Seal></Header>"
        f"{etree.tostring(made, encoding='unicode')}</Batch>"
    )
    return Reply(200, f'<?xml version="1.0" encoding="{charset}"?>{text}'.encode(charset))


def told(subject: str, balance: str, more: str = "") -> str:
    record = f"<Record><balance>{balance}</balance>{more}</Record>"
    return f'<Answer subject="{subject}" found="true">{record}</Answer>'


@pytest.fixture
async def banks(listen: Listen) -> Any:
    opened = []

    async def open_(answer: Callable[[Request], Reply]) -> tuple[BanksConnector, Any]:
        department = await listen(answer)
        address = DepartmentAddress(
            id="financial-institutions", url=department.url, secret=SEAL_KEY, deadline_seconds=10
        )
        opened.append(BanksConnector.open(address))
        return opened[-1], department

    yield open_
    for one in opened:
        await one.aclose()


@pytest.mark.parametrize("charset", ["GB18030", "UTF-8"])
async def test_a_batch_says_who_asks_what_of_whom_and_is_sealed(
    banks: Any, authority: Authority, charset: str
) -> None:
    def answer(request: Request) -> Reply:
        unknown = f'<Answer subject="{BEN}" found="false"/>'
        return batch(request, told(ANNA, "12.30") + unknown, charset=charset)

    connector, department = await banks(answer)
    answers = await connector.deposits_of([ANNA, BEN], BALANCE, authority)

    [heard] = department.heard
    said = message(heard)
    header, body = said.find(f"{B}Header"), said.find(f"{B}Body")
    assert heard.body.startswith(b'<?xml version="1.0" encoding="GB18030"?>')
    assert header.findtext(f"{B}Seal") == sealed(body)
    assert (header.findtext(f"{B}Type"), header.findtext(f"{B}Count")) == ("QUERY", "2")
    assert header.find(f"{B}Authority").get("case") == authority.case_number
    assert dict(body.attrib) == {"register": "deposits", "fields": "balance"}
    assert [dict(one.attrib) for one in body] == [{"subject": ANNA}, {"subject": BEN}]
    [row] = answers[ANNA].get()
    assert (row.balance, row.owner_name) == (12_30, None)
    assert answers[BEN].get() == ()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            lambda r: batch(r, told(ANNA, "1"), seal="0" * 64), id="a seal that does not fit"
        ),
        pytest.param(lambda r: batch(r, told(ANNA, "1"), seal=""), id="no seal"),
        pytest.param(lambda r: batch(r, told(ANNA, "1"), to="another"), id="to another message"),
        pytest.param(lambda r: batch(r, told(ANNA, "1"), count=2), id="another count"),
        pytest.param(lambda r: batch(r, told(ANNA, "1"), body=""), id="no instant"),
        pytest.param(
            lambda r: batch(r, told(ANNA, "1"), body='asOf="2026-11-23"'), id="half an instant"
        ),
        pytest.param(
            lambda r: batch(r, told(ANNA, "1"), body='asOf="20261123"'), id="a day as seconds"
        ),
        pytest.param(
            lambda r: batch(r, told(ANNA, "1"), body='asOf="0001-01-01T00:00:00+08:00"'),
            id="an instant before all time",
        ),
        pytest.param(
            lambda r: batch(r, told(ANNA, "1"), before='<!DOCTYPE x [<!ENTITY a "b">]>'), id="a DTD"
        ),
        pytest.param(lambda _: Reply(200, b"\x00\xff<html>"), id="garbage"),
        pytest.param(lambda _: Reply(200, b'<?xml version="1.0"?><Batch/>'), id="no charset"),
        pytest.param(
            lambda _: Reply(200, b'<?xml version="1.0" encoding="UTF-7"?><Batch/>'),
            id="another charset",
        ),
        pytest.param(
            lambda _: Reply(200, '<?xml version="1.0" encoding="UTF-8"?><甲/>'.encode("gb18030")),
            id="not the charset it says",
        ),
        pytest.param(
            lambda _: Reply(200, b'<?xml version="1.0" encoding="UTF-8"?><Batch/>'), id="no batch"
        ),
        pytest.param(
            lambda _: Reply(200, b'<?xml version="1.0" encoding="UTF-8"?><Batch'), id="half of it"
        ),
    ],
)
async def test_an_answer_that_is_not_what_was_agreed_is_not_believed(
    banks: Any, authority: Authority, answer: Callable[[Request], Reply]
) -> None:
    connector, _ = await banks(answer)

    with pytest.raises(DepartmentContractBroken) as broken:
        await connector.deposits_of([ANNA], BALANCE, authority)
    with pytest.raises(OutcomeUnknown):
        await connector.control(an_order(amount_fen=Fen(100)))

    assert ANNA not in str(broken.value)


@pytest.mark.parametrize(
    ("entry", "damaged"),
    [
        pytest.param(told(ANNA, "1.234"), True, id="three decimals"),
        pytest.param(told(ANNA, "1", "<balance>2</balance>"), True, id="a value twice"),
        pytest.param(told(ANNA, "<x/>"), True, id="no text"),
        pytest.param(
            f'<Answer subject="{ANNA}" found="perhaps"/>', False, id="neither known nor not"
        ),
        pytest.param(
            f'<Answer subject="{ANNA}" found="false"><Record/></Answer>', False, id="both"
        ),
        pytest.param(
            f'<Answer subject="{ANNA}" found="true"><Row/></Answer>', False, id="no record"
        ),
    ],
)
async def test_one_bad_entry_costs_one_subject(
    banks: Any, authority: Authority, entry: str, damaged: bool
) -> None:
    connector, _ = await banks(lambda request: batch(request, entry + told(BEN, "5")))

    answers = await connector.deposits_of([ANNA, BEN], BALANCE, authority)

    assert answers[BEN].get()[0].balance == 500
    if damaged:
        assert isinstance(answers[ANNA].get()[0].balance, DepartmentContractBroken)
    else:
        assert isinstance(answers[ANNA].error, DepartmentContractBroken)


FULL = (
    'receiptNumber="R" action="FREEZE" result="FULL" asked="1.00" controlled="1.00" rank="1" '
    f'startsOn="2026-11-23" endsOn="2027-11-22" at="{AT}"'
)


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        pytest.param(f'<Receipt key="key-1" {FULL}/>', None, id="a receipt"),
        pytest.param(f'<Receipt key="key-2" {FULL}/>', OutcomeUnknown, id="of another key"),
        pytest.param('<Receipt key="key-1" result="FULL"/>', OutcomeUnknown, id="half of one"),
        pytest.param(
            f'<Receipt key="key-1" {FULL}/>'.replace('rank="1"', f'rank="{2**31}"'),
            OutcomeUnknown,
            id="a rank that no register counts to",
        ),
        pytest.param(
            f'<Receipt key="key-1" {FULL}/>'.replace(AT, "9999-12-31T23:59:59-08:00"),
            OutcomeUnknown,
            id="done behind all time",
        ),
        pytest.param(
            f'<Receipt key="key-1" {FULL}/>'.replace('controlled="1.00"', 'controlled="2.00"'),
            OutcomeUnknown,
            id="more than was asked",
        ),
        pytest.param('<Refused key="key-1" code="KEY_REUSED"/>', KeyReused, id="key reused"),
        pytest.param('<Refused key="key-1" code="BAD_REQUEST"/>', DepartmentRefused, id="refused"),
        pytest.param('<Refused key="key-1" code="BUSY"/>', DepartmentBusy, id="busy"),
        pytest.param('<Refused key="key-1" code="WHAT"/>', OutcomeUnknown, id="refused somehow"),
        pytest.param("", OutcomeUnknown, id="nothing"),
    ],
)
async def test_an_order_is_certain_or_its_outcome_is_asked_for(
    banks: Any, entry: str, error: type[DepartmentError] | None
) -> None:
    connector, department = await banks(lambda request: batch(request, entry))
    order = an_order(amount_fen=Fen(100))

    if error is None:
        receipt = await connector.control(order)
        assert (receipt.result, receipt.controlled) == ("FULL", 100)
    else:
        with pytest.raises(error):
            await connector.control(order)

    [heard] = department.heard
    [said] = message(heard).find(f"{B}Body")
    assert (said.get("key"), said.get("amount")) == ("key-1", "1.00")
    assert said.get("subjectName") == order.subject_name


async def test_a_name_that_xml_cannot_carry_is_not_sent(banks: Any) -> None:
    connector, department = await banks(lambda request: batch(request, ""))
    order = an_order(amount_fen=Fen(100), key="a\x00b")

    with pytest.raises(ValueError, match="XML"):
        await connector.control(order)

    assert department.heard == []
