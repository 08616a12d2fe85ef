"""What is amiss with a source of the uniform view is told under the field of the record's own."""

from dataclasses import dataclass, field
from typing import cast

import resolvers.graph  # noqa: F401 -- departments declare themselves when they are imported
from connectors.bounds import Remarks
from connectors.question import Answer
from resolvers.asset_sources import asset_sources
from resolvers.context import Context, Remark
from resolvers.shown_assets import ShownSource


@dataclass
class Said:
    remarks: list[Remark] = field(default_factory=list)


def test_a_code_that_no_list_has_is_told_of_the_records_own_field_once() -> None:
    [source] = [one for one in asset_sources() if one.kind == "vatRefund"]
    answer = Answer(value=(), remarks=Remarks(unknown_codes=frozenset({"refund_type"})))
    entry = ShownSource(source.kind, source.department, "ANSWERED", answer, [], source)
    said = Said()

    entry.remark(["case", "controlPlan"], cast("Context", said))
    entry.remark(["case", "controlPlan"], cast("Context", said))

    assert [one.shown() for one in said.remarks] == [
        {
            "path": ["case", "controlPlan"],
            "code": "UNKNOWN_CODE",
            "department": "state-tax-shibei",
            "coordinates": ["VatRefund.refundType"],
        }
    ]
