"""Answers that are made to keep everybody waiting: each costs a moment, and its own department's field."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from lxml import etree

from connectors import soap, xml_batches
from connectors.address import DepartmentAddress
from connectors.banks import DEPOSITS, BanksConnector
from connectors.bounds import MOST_RECORDS
from connectors.errors import DepartmentContractBroken, OutcomeUnknown
from connectors.json_shape import JsonShape, Said, decoded
from connectors.question import Authority, Projection
from connectors.xml_shape import XmlShape
from domain.money import Fen
from tests.connectors.conftest import Listen
from tests.connectors.damage import broken_values
from tests.connectors.people import ANNA, an_order
from tests.connectors.servers import Reply, Request
from tests.connectors.test_xml_batches import BALANCE, SEAL_KEY, batch, told

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
NAMESPACE = xml_batches.NAMESPACE


@contextmanager
def in_a_moment(seconds: float = 5) -> Iterator[None]:
    """Fail if it takes more than *seconds*; what is meant here would take minutes."""
    began = time.perf_counter()
    yield
    assert time.perf_counter() - began < seconds


@pytest.mark.parametrize(
    ("parse", "word"),
    [
        pytest.param(xml_batches.parsed, b'encoding="UTF-8" ', id="batches"),
        pytest.param(soap.body_of, b'encoding="GBK" ', id="soap"),
    ],
)
def test_a_declaration_that_never_ends_is_not_looked_through(
    parse: Callable[[str, bytes], object], word: bytes
) -> None:
    with in_a_moment(), pytest.raises(DepartmentContractBroken):
        parse("bank", b"<?xml " + word * 60_000)


def test_a_record_with_very_many_holds_is_read_once_through() -> None:
    shape: XmlShape[Any] = XmlShape(DEPOSITS.record, NAMESPACE, DEPOSITS.columns)
    holds = '<Hold authority="示9904" state="ACTIVE" rank="1"/>' * 50_000
    row = etree.fromstring(f'<Record xmlns="{NAMESPACE}">{holds}</Record>')

    with in_a_moment(15):
        [record] = shape.many("bank", [row], Projection({"holds"}), NOW).get()

    assert len(record.holds) == 50_000


ATTRIBUTES = " ".join(f'a{n}="1"' for n in range(65))
PREFIXES = " ".join(f'xmlns:p{n}="urn:{n}"' for n in range(257))
NO_ADDRESS = '<Answer xmlns:p="elsewhere" p:x="1"/>'


def with_no_address(request: Request) -> Reply:
    text = batch(request, told(ANNA, "1"), count=2).body.decode("gb18030")
    return Reply(200, text.replace("<Answer", f"{NO_ADDRESS}<Answer", 1).encode("gb18030"))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            lambda request: batch(request, f"<Answer {ATTRIBUTES}/>{told(ANNA, '1')}"),
            id="attributes of one element",
        ),
        pytest.param(
            lambda request: batch(request, f"<Answer {PREFIXES}/>{told(ANNA, '1')}"),
            id="namespaces",
        ),
        pytest.param(with_no_address, id="a namespace that is no address"),
    ],
)
async def test_what_has_no_canonical_form_that_is_soon_made_is_not_believed(
    listen: Listen, authority: Authority, answer: Callable[[Request], Reply]
) -> None:
    department = await listen(answer)
    connector = BanksConnector.open(
        DepartmentAddress(id=BanksConnector.department, url=department.url, secret=SEAL_KEY)
    )

    with pytest.raises(DepartmentContractBroken):
        await connector.deposits_of([ANNA], BALANCE, authority)
    with pytest.raises(OutcomeUnknown):
        await connector.control(an_order(amount_fen=Fen(100)))
    await connector.aclose()


def said(*rows: bytes) -> Said:
    return Said(msgspec.Raw(b"true"), msgspec.Raw(b"[%b]" % b",".join(rows)))


def test_more_objects_than_can_be_looked_at_one_by_one_are_one_broken_answer() -> None:
    shape: JsonShape[Any] = JsonShape(DEPOSITS.record, DEPOSITS.columns)
    rows = said(*[b"{}"] * 200_001)

    with in_a_moment():
        answer = shape.many("bank", rows, Projection({"balance", "currency"}), NOW)

    assert isinstance(answer.error, DepartmentContractBroken)
    with pytest.raises(DepartmentContractBroken):
        decoded("bank", msgspec.json.Decoder(Any), bytes(rows.rows))


def test_ten_thousand_records_with_a_bad_value_each_are_looked_at() -> None:
    shape: JsonShape[Any] = JsonShape(DEPOSITS.record, DEPOSITS.columns)
    rows = said(*[b'{"balance":"1.234","currency":"CNY"}'] * 10 * MOST_RECORDS)

    with in_a_moment():
        answer = shape.many("bank", rows, Projection({"balance", "currency"}), NOW)

    assert broken_values(answer) == {"balance"}
    assert {one.currency for one in answer.get()} == {"CNY"}
