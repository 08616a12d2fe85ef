"""What the record never keeps, on either side: tokens, variables as they were sent, what departments said."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from auth.record_keys import RecordKeys
from storage.record import body_of
from tests.databases import kept
from tests.running import ask, wire

pytestmark = pytest.mark.each_engine
_LONG = 8
EVERYTHING = """
query ($n: CaseNumber!, $mark: Boolean!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors {
  name identity @include(if: $mark) { name issuingAuthority birthDate }
  vehicles { plateNumber vin engineNumber } housingFund { balance { yuan } }
  securities { securityName quantity } } } }
"""


def both_sides(demo: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    """Return the leaf and the opened personal side of every entry."""
    keys = RecordKeys.load_or_create(Path(demo["data"]), "chakong")
    rows = kept(
        demo, "SELECT leaf, sealed FROM record_entries LEFT JOIN record_people USING (n) ORDER BY n"
    )
    return [
        (leaf, b"" if sealed is None else keys.open(sealed, body_of(leaf))) for leaf, sealed in rows
    ]


def told(value: Any) -> set[str]:
    """Return what an answer says that stands in no entry by chance."""
    if isinstance(value, dict):
        return set().union(*(told(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(told(one) for one in value), set())
    if isinstance(value, str) and (len(value) >= _LONG or not value.isascii()):
        return {value}
    return set()


def test_neither_side_holds_tokens_answers_or_variables(demo: dict[str, Any]) -> None:
    case = demo["cases"][0]
    answer = ask(demo, "court-executor", EVERYTHING, n=case["number"], mark=True).json()
    assert "errors" not in answer, answer
    fields = told(answer["data"])
    assert len(fields) > 5
    bodies = [line for lines in wire(demo).values() for line in lines]
    assert bodies

    for leaf, personal in both_sides(demo):
        both = (leaf + personal).decode()
        assert not [one for one in demo["tokens"].values() if one in both or one[-40:] in both]
        assert not [one for one in fields if one in both]
        assert '"mark"' not in both
        assert "Bearer" not in both


def test_the_leaf_alone_holds_nobody(demo: dict[str, Any]) -> None:
    case = demo["cases"][0]
    ask(demo, "court-executor", EVERYTHING, n=case["number"], mark=False)
    names = ("executor-1", "supervisor-1", "auditor-1", "debtor-1")

    for leaf, _ in both_sides(demo):
        text = leaf.decode()
        assert case["number"] not in text
        assert not [one for one in case["debtors"] if one in text]
        assert not [one for one in names if one in text], text


def test_a_start_says_which_settings_changed_and_not_to_what(demo: dict[str, Any]) -> None:
    starts = [
        said
        for leaf, _ in both_sides(demo)
        if (said := json.loads(leaf))["kind"] == "CONFIGURATION"
    ]

    assert starts
    assert set(starts[0]["settings"]) >= {"database_url", "record_hidden_days", "departments"}
    assert all(len(one) == 32 for one in starts[0]["settings"].values())
    port = httpx.URL(demo["issuer"]).port
    assert str(port) not in json.dumps(starts[0]["settings"])


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/list/snapshot/{number}%23x", "/list/snapshot/{id}"),
        ("/list/snapshot/%39{rest}", "/list/snapshot/{id}"),
        ("/list/snapshot/list", "/list/snapshot/{id}"),
        ("/list/snapshot/{number}.sig", "/list/snapshot/{id}.sig"),
    ],
)
def test_an_address_is_recorded_as_its_route_whatever_was_written_into_it(
    demo: dict[str, Any], path: str, route: str
) -> None:
    number = "990203198804264358"

    refused = httpx.get(
        demo["issuer"] + path.format(number=number, rest=number[1:]),
        headers={"authorization": f"Bearer {demo['tokens']['dept:screening-only']}"},
        trust_env=False,
    )

    assert refused.status_code == 410
    leaf, personal = both_sides(demo)[-1]
    assert json.loads(leaf)["what"] == {"route": route}
    assert number not in (leaf + personal).decode()
