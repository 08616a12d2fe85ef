"""The court's register as its case system exports it: what it may leave out, and what it may not."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.money import Fen
from domain.registered_claim import ClaimParts
from gateway.case_register import read_register
from sandbox.cases import case_register
from sandbox.population import populate

PARTS = {
    "principalFen": 100_00,
    "agreedInterestFen": 5_00,
    "costsFen": 3_00,
    "enforcementFeeFen": 1_00,
    "performBy": "2026-05-07",
}


def export(place: Path, **changes: Any) -> Path:
    register = case_register(populate(1, 60), 1)
    register["cases"] = [{**register["cases"][0], **changes}]
    path = place / "register.json"
    path.write_text(json.dumps(register))
    return path


def test_a_claim_without_parts_is_a_sum(tmp_path: Path) -> None:
    _, [case] = read_register(export(tmp_path, claimFen=109_00, recoveredFen=9_00))

    assert (case.claim.total, case.claim.recovered, case.claim.parts) == (109_00, 9_00, None)
    assert case.claim.recovered_as_of is None


def test_the_parts_of_a_claim_are_read(tmp_path: Path) -> None:
    as_of = "2026-11-10T12:00:00+08:00"

    _, [case] = read_register(export(tmp_path, **PARTS, recoveredAsOf=as_of))

    assert case.claim.recovered_as_of == datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
    assert case.claim.parts == ClaimParts(
        principal=Fen(100_00),
        agreed_interest=Fen(5_00),
        costs=Fen(3_00),
        enforcement_fee=Fen(1_00),
        perform_by=date(2026, 5, 7),
    )


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"costsFen": 1}, id="a part without the principal"),
        pytest.param({"performBy": "2026-05-07"}, id="late without the principal"),
        pytest.param({"principalFen": -1}, id="less than nothing"),
        pytest.param({"principalFen": 2**63}, id="more than 64 bits"),
        pytest.param({"claimFen": 1.5}, id="half a fen"),
        pytest.param({"recoveredAsOf": "2026-11-10T12:00:00"}, id="an instant without its zone"),
        pytest.param({"officers": [{"id": "nobody", "as": "HANDLER"}]}, id="an unknown officer"),
    ],
)
def test_a_register_that_cannot_be_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- of msgspec, or ours
        read_register(export(tmp_path, **changes))
