"""What of an answer is unusable: some of its values, or all of it."""

from typing import Any

from connectors.errors import DepartmentContractBroken
from connectors.question import Answer


def broken_values(answer: Answer[Any]) -> set[str]:
    """Return the attributes in whose place stands an error; the rest of *answer* is usable."""
    records = answer.get() if isinstance(answer.get(), tuple) else (answer.get(),)
    broken = {
        name
        for record in records
        for name in record.__struct_fields__
        if isinstance(getattr(record, name), DepartmentContractBroken)
    }
    assert answer.damaged == bool(broken)
    return broken
