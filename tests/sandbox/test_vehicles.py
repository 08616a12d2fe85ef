"""Traffic police: GB18030 both ways, faults, what is left out, what became of a key."""

import pytest

from tests.sandbox.district import NOBODY, District
from tests.sandbox.orders import Order, order_police, police_receipt
from tests.sandbox.soap import S, body_of, element, envelope, fault_of, owners_question, post
from tests.sandbox.wires import AUTHORITY, ask_vehicles

ENTITY = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'


def test_the_answer_is_gb18030_and_says_so(district: District) -> None:
    question = owners_question([district.population.principal], ["HPHM", "SYR"], AUTHORITY)

    answer = post(district["vehicles"], question)

    assert answer.headers["content-type"] == "text/xml; charset=GB18030"
    assert "示A".encode("gb18030") in answer.content
    assert district.population.names[district.population.principal] in answer.content.decode(
        "gb18030"
    )
    assert body_of(answer).get("SJSJ").endswith("+08:00")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<a>", id="not XML"),
        pytest.param(b"<a/>", id="no envelope"),
        pytest.param(f'<s:Envelope xmlns:s="{S}"><s:Body/></s:Envelope>'.encode(), id="no body"),
        pytest.param(envelope("<v:Sell/>"), id="no such operation"),
        pytest.param(envelope("<v:ControlStatus/><v:ControlStatus/>"), id="two operations"),
        pytest.param(envelope("<v:Control/>"), id="an empty order"),
        pytest.param(ENTITY, id="a document type"),
        pytest.param(b'<?xml version="1.0" encoding="GB18030"?><a>\xff\xff</a>', id="bytes"),
    ],
)
def test_a_malformed_question_is_a_fault_of_the_client(district: District, content: bytes) -> None:
    before = len(district["vehicles"].lines())

    answer = post(district["vehicles"], content)

    assert fault_of(answer) == "BAD_REQUEST"
    assert len(district["vehicles"].lines()) == before


@pytest.mark.parametrize("missing", ["ZFRY", "WJZY", "XM", "YS", "JE"])
def test_an_order_that_lacks_a_part_is_refused_and_applied_to_nothing(
    district: District, missing: str
) -> None:
    asset = district.free("vehicles")
    parts = {
        "WJBH": f"lacks-{missing}",
        "AJBH": "案",
        "CSLX": "SEAL",
        "ZJHM": asset.subject,
        "XM": asset.name,
        "JLBH": asset.record,
        "JE": "1.00",
        "YS": "12",
        "WJZY": "a" * 64,
        "ZFRY": "示9903-0001",
        "FY": "示例区人民法院",
    }
    given = "".join(element(name, value) for name, value in parts.items() if name != missing)

    answer = post(district["vehicles"], envelope(f"<v:Control>{given}</v:Control>"))

    assert fault_of(answer) == "BAD_REQUEST"
    first = order_police(district["vehicles"], Order(asset=asset, asked=asset.worth))
    assert (first.result, first.rank) == ("FULL", 1)


def test_what_has_no_value_is_left_out(district: District) -> None:
    owners = list(district.population.vehicles)[:100]

    entries = ask_vehicles(district["vehicles"], owners, ["HPHM", "QZBFQZ", "DYXX"])

    vehicles = [record for entry in entries for record in entry.records]
    assert {"HPHM"} in [set(record) for record in vehicles]
    assert all(value for record in vehicles for value in record.values())


def test_vehicles_come_newest_registration_first(district: District) -> None:
    owners = list(district.population.vehicles)[:100]

    entries = ask_vehicles(district["vehicles"], owners, ["CCDJRQ"])

    days = [[record["CCDJRQ"] for record in entry.records] for entry in entries]
    assert max(map(len, days)) > 1
    assert all(each == sorted(each, reverse=True) for each in days)


def test_a_key_can_be_asked_after(district: District) -> None:
    asset = district.free("vehicles")
    order = Order(asset=asset, asked=asset.worth)
    receipt = order_police(district["vehicles"], order)

    known = post(district["vehicles"], envelope(_status(order.key)))
    unknown = post(district["vehicles"], envelope(_status(NOBODY)))

    [again, standing] = body_of(known)
    assert police_receipt(again) == receipt
    assert (standing.get("WJBH"), standing.get("ZT")) == (order.key, "ACTIVE")
    assert list(body_of(unknown)) == []
    line = district["vehicles"].lines()[-2]
    assert (line["kind"], line["idempotencyKey"]) == ("status", order.key)
    assert line["answerBytes"] > 100


def _status(key: str) -> str:
    return f"<v:ControlStatus>{element('WJBH', key)}</v:ControlStatus>"
