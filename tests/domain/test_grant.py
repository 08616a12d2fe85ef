"""Grants: none is eternal, none reaches beyond its role, and what changed between two days can be told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.grant import LONGEST, Change, Grant, GrantRefused, changes, require_grantable
from domain.purpose import Purpose

NOW = datetime(2026, 11, 30, 1, tzinfo=UTC)
TRAFFIC_POLICE = Grant(
    role="dept:traffic-police",
    organisation="traffic-police",
    owner="owner-1",
    scopes=frozenset({"vehicles:read", "assist:ack"}),
    purposes=frozenset({Purpose.CONTROL}),
    agreement="AGR-1",
    assessment="PIA-1",
    granted_at=NOW,
    expires_at=NOW + timedelta(days=365),
)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({}, id="a department's own role"),
        pytest.param({"expires_at": NOW + LONGEST}, id="a year, and a day to confirm it"),
        pytest.param(
            {
                "role": "dept:screening-only",
                "organisation": "tourism",
                "scopes": frozenset({"list:screen"}),
            },
            id="a unit that only screens",
        ),
        pytest.param(
            {
                "role": "court-executor",
                "organisation": "court",
                "scopes": frozenset({"cases:read"}),
            },
            id="an officer",
        ),
        pytest.param(
            {
                "role": "higher-court-judge",
                "organisation": "higher-court",
                "scopes": frozenset({"orders:read"}),
            },
            id="a judge of the court above",
        ),
        pytest.param(
            {"role": None, "organisation": "court", "scopes": frozenset()}, id="an application"
        ),
    ],
)
def test_what_a_role_holds_may_be_granted(changed: dict[str, Any]) -> None:
    require_grantable(replace(TRAFFIC_POLICE, **changed))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param(
            {"expires_at": NOW + LONGEST + timedelta(seconds=1)}, "within a year", id="too long"
        ),
        pytest.param({"expires_at": NOW}, "after it begins", id="over at once"),
        pytest.param({"agreement": " "}, "agreement", id="no agreement"),
        pytest.param({"assessment": ""}, "assessment", id="no impact assessment"),
        pytest.param({"owner": ""}, "owner", id="nobody answers for it"),
        pytest.param({"role": "dept:nobody"}, "no role", id="unknown role"),
        pytest.param({"scopes": frozenset()}, "allows nothing", id="nothing"),
        pytest.param({"purposes": frozenset()}, "purposes", id="for nothing"),
        pytest.param(
            {"scopes": frozenset({"housing-fund:read"})},
            "housing-fund:read",
            id="another department's scope",
        ),
        pytest.param(
            {"scopes": frozenset({"vehicles:control"})}, "vehicles:control", id="the court's scope"
        ),
        pytest.param(
            {"organisation": "housing-fund-center"}, "cannot be", id="another department's role"
        ),
        pytest.param(
            {
                "role": "dept:screening-only",
                "organisation": "traffic-police",
                "scopes": frozenset({"list:screen"}),
            },
            "cannot be",
            id="a department with a role of its own",
        ),
        pytest.param(
            {"role": "court-executor", "scopes": frozenset({"cases:read"})},
            "cannot be",
            id="an officer outside the court",
        ),
        pytest.param({"role": None}, "without a role", id="scopes without a role"),
    ],
)
def test_what_may_not_be_granted_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(GrantRefused, match=said):
        require_grantable(replace(TRAFFIC_POLICE, **changed))


def test_the_difference_between_two_days_is_who_gained_and_who_lost_what() -> None:
    before = {"client a": ["vehicles:read"], "client b": ["assist:ack"], "person c": ["x"]}
    after = {"client a": ["vehicles:read", "vehicles:ack"], "client b": ["assist:ack"]}

    assert changes(before, after) == [
        Change(holder="client a", gained=frozenset({"vehicles:ack"}), lost=frozenset()),
        Change(holder="person c", gained=frozenset(), lost=frozenset({"x"})),
    ]
