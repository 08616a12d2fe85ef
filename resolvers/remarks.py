"""What has to be said of values that are shown although something was amiss with them (ADR 0053)."""

from collections.abc import Callable, Sequence
from typing import Any

from connectors.question import Answer, Question
from resolvers.context import Context, Remark


def remark(
    answer: Answer[Any],
    question: Question[Any],
    path: Sequence[str | int],
    context: Context,
    coordinate_of: Callable[[str], str],
) -> None:
    """Note what *answer* needs said of the value at *path*, once; without it that would be silent.

    Args:
        coordinate_of: an attribute's field in the graph, such as ``VatRefund.refundType``.
    """
    remarks = answer.remarks
    if remarks is None:
        return
    said: dict[str, dict[str, object]] = {}
    if remarks.more:
        said["TRUNCATED"] = {"shown": question.most, "inAll": remarks.in_all}
    if remarks.repeated:
        said["REPEATED"] = {"records": remarks.repeated}
    if remarks.unknown_codes:
        coordinates = sorted(coordinate_of(one) for one in remarks.unknown_codes)
        said["UNKNOWN_CODE"] = {"coordinates": coordinates}
    for code, details in said.items():
        one = Remark(list(path), code, question.department, details)
        if one not in context.remarks:
            context.remarks.append(one)
