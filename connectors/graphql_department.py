"""
A department whose register is a GraphQL upstream: its connector is a table.

Questions select exactly the wanted fields. Orders go the way of the REST kit, beside it: what an order
is, no two upstreams agree on, and a key that is PUT has one effect whoever listens.

Source:
    docs/departments/kit.md
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

import msgspec

from connectors.base import Heard
from connectors.columns import Column
from connectors.forms import Instant
from connectors.graphql_upstream import execute
from connectors.json_shape import Said, decoded
from connectors.question import Answer, Authority, Projection, Question, question
from connectors.register import Register
from connectors.rest import authority_headers
from connectors.rest_department import RestDepartment
from domain.identity import IdNumber

_NULL: Final = msgspec.Raw(b"null")


class GraphqlDepartment(RestDepartment):
    """Asks by GraphQL at ``/graphql``, and orders as `RestDepartment` does."""


class _Subject(msgspec.Struct, rename="camel"):
    subject: str
    found: msgspec.Raw
    as_of: msgspec.Raw
    rows: msgspec.Raw = _NULL


def graphql_question(
    register: Register, root: str, *, limit: int = 200, lifetime: float = 0
) -> Question[tuple[Any, ...]]:
    """Declare the question that *register* is asked by the upstream's field *root*.

    ::

        class EquityConnector(GraphqlDepartment):
            holdings_of = graphql_question(HOLDINGS, "shareholdings")
    """
    data = msgspec.json.Decoder(
        msgspec.defstruct("Data", [("subjects", list[_Subject])], rename={"subjects": root})
    )
    selections = {one.wire: _selection(one) for one in register.columns}

    def read(department: RestDepartment, one: _Subject, want: Projection) -> Answer[Any]:
        try:
            as_of = msgspec.json.decode(one.as_of, type=Instant)
        except ValueError:
            return Answer(error=department.broken("an answer without its instant"))
        return register.shape.many(department.department, Said(one.found, one.rows), want, as_of)

    async def ask(
        self: RestDepartment, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[tuple[Any, ...]]]:
        """Return the records of each of *subjects*; an unknown subject has none.

        Raises:
            DepartmentError: no usable answer for anyone; see `connectors.errors`. An unusable
                answer for one subject is that subject's `Answer`, not an exception.
        """
        asked = register.asked(want)
        fields = " ".join(selections[word] for word in register.wire(asked)) or "__typename"
        document = (
            "query Register($subjects: [String!]!) "
            f"{{ {root}(subjects: $subjects) {{ subject found asOf rows {{ {fields} }} }} }}"
        )

        async def call(batch: Sequence[IdNumber]) -> Heard[tuple[Any, ...]]:
            raw = await execute(
                self.client,
                self.department,
                document,
                {"subjects": batch},
                headers=authority_headers(authority),
            )
            said: Any = decoded(self.department, data, raw)
            return [(one.subject, read(self, one, asked)) for one in said.subjects]

        return await self.in_batches(subjects, limit, call)

    return question(record=register.record, plural=True, limit=limit, lifetime=lifetime)(ask)


def _selection(column: Column) -> str:
    """Return how *column* is selected: by its word, and of a list of objects by theirs too."""
    of = next(iter(get_args(column.form)), None)
    if isinstance(of, type) and issubclass(of, msgspec.Struct):
        inner = " ".join(one.encode_name for one in msgspec.structs.fields(of))
        return f"{column.wire} {{ {inner} }}"
    return column.wire
