"""A plan's steps: cases are opened, then departments are asked, each as soon as its subjects are known."""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, cast

from graphql import FieldNode, GraphQLError, GraphQLField, GraphQLSchema
from graphql.execution.values import VariableValues, get_argument_values

from connectors.errors import DepartmentError
from connectors.question import Authority  # noqa: TC001 -- the annotation of a local
from domain.case_number import CaseNumber
from domain.identity import IdNumber  # noqa: TC001 -- the annotation of a local
from gateway.plan import Ask, CaseRoot, Plan, everything
from resolvers.asked import Answers, Wanted
from resolvers.binding import BoundCase
from resolvers.case import open_cases
from resolvers.context import Context, Ground
from resolvers.duty_of_reason import stated
from resolvers.refusals import BadInput, NotAnObligor, Refused
from resolvers.shaping import next_subject
from resolvers.subject import Subject

_Aimed = tuple[Ask, Sequence[Subject]]  # what is asked, and of whom: never of nobody


class Steps:
    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema

    async def run(self, plan: Plan, variables: VariableValues, context: Context) -> None:
        """Open the plan's cases and ask all that it knows to ask; answers stay in *context*.

        Raises:
            TooManyPersons: nobody was asked.
        """
        aimed: list[_Aimed] = []
        for root in plan.roots:
            opened = await self._open(root, variables, context)
            for case in opened:
                if isinstance(case, BoundCase):
                    aimed += self._aim(root, case, variables, context)
        if aimed:
            await context.asks_about({one.id_number for _, subjects in aimed for one in subjects})
            await _ask_level(context, aimed)

    def grounds(self, plan: Plan, variables: VariableValues) -> list[Ground]:
        """Return which cases *plan* asks for and what for, when it is refused unread."""
        found: list[Ground] = []
        for root in (*plan.roots, *plan.barred):
            with suppress(GraphQLError):  # arguments that do not fit ask for no case
                field = self._field(root.coordinate)
                found += _unopened(get_argument_values(field, root.node, variables))
        return found

    async def _open(
        self, root: CaseRoot, variables: VariableValues, context: Context
    ) -> Sequence[Any]:
        arguments = get_argument_values(self._field(root.coordinate), root.node, variables)
        numbers = _numbers(arguments)
        try:
            given = [arguments.get(one) for one in ("document", "reason", "familyReason")]
            said = stated(*given)
        except BadInput as refused:
            opened: list[BoundCase | Refused] = [refused] * len(numbers)
            for ground in _unopened(arguments):
                context.rests_on(ground)
        else:
            purpose = arguments["purpose"]
            opened = await open_cases(context, numbers, purpose, root.purposes(), said)
        context.opened[root.key] = opened
        return opened

    def _aim(
        self, root: CaseRoot, case: BoundCase, variables: VariableValues, context: Context
    ) -> list[_Aimed]:
        aimed: list[_Aimed] = []
        for ask in root.of_all:
            askable = _askable(ask, case.debtors, context)
            if askable:
                aimed.append((ask, askable))
        for _, node, of_one in root.of_one:
            debtor = self._debtor(case, node, variables, context)
            if debtor is not None:
                aimed += [(ask, [debtor]) for ask in of_one if _askable(ask, [debtor], context)]
        return aimed

    def _debtor(
        self, case: BoundCase, node: FieldNode, variables: VariableValues, context: Context
    ) -> Subject | None:
        arguments = get_argument_values(self._field("Case.debtor"), node, variables)
        try:
            return case.debtor(arguments["idNumber"])
        except NotAnObligor:
            context.tried[arguments["idNumber"]] = None
            return None  # the field itself says so; nobody is asked

    def _field(self, coordinate: str) -> GraphQLField:
        kind, name = coordinate.split(".")
        return cast("Any", self._schema.type_map[kind]).fields[name]  # type: ignore[no-any-return]


def _unopened(arguments: dict[str, Any]) -> list[Ground]:
    purpose = arguments["purpose"]
    return [Ground(purpose=purpose, case=one, refused=True) for one in _numbers(arguments)]


def _numbers(arguments: dict[str, Any]) -> list[CaseNumber]:
    """Return the cases that a root field names; more than it opens are of no interest."""
    return arguments["numbers"] if "numbers" in arguments else [arguments["number"]]


def _askable(ask: Ask, subjects: Sequence[Subject], context: Context) -> Sequence[Subject]:
    """Return of *subjects* those about whom the caller may ask this department."""
    if ask.gathered and not context.asking.reaches(ask.question):
        return ()
    department = ask.question.department
    return [subject for subject in subjects if subject.may_be_asked_of(department)]


async def _ask_level(context: Context, aimed: list[_Aimed]) -> None:
    """Ask a level's questions at once; go on behind those that lead further as they come in."""
    # Those that lead further start first.
    aimed.sort(key=lambda item: not item[0].onward)
    context.asking.ask(
        Wanted(
            question=ask.question,
            numbers=[subject.id_number for subject in subjects],
            authority=subjects[0].authority,
            level=subjects[0].level,
            fields=frozenset(ask.fields),
            natural_persons_only=ask.natural_persons_only,
        )
        for ask, subjects in aimed
    )
    await _all_of([_go_on(context, leaders) for leaders in _together(aimed)])
    for ask, subjects in aimed:
        await _heard(context, ask, subjects)


def _together(aimed: Sequence[_Aimed]) -> list[list[_Aimed]]:
    """Return those that lead further, in groups that have to wait for each other.

    Two that lead to one question under one authority do: it is put once, for all that they reach.
    """
    groups: list[tuple[set[tuple[int, Authority]], list[_Aimed]]] = []
    for one in aimed:
        ask, subjects = one
        leads_to = {
            (id(further.question), subjects[0].authority)
            for _, asks in ask.onward
            for further in everything(asks)
        }
        if not leads_to:
            continue
        joined = [group for group in groups if group[0] & leads_to]
        groups = [group for group in groups if group not in joined]
        groups.append(
            (
                leads_to.union(*(places for places, _ in joined)),
                [*(leader for _, leaders in joined for leader in leaders), one],
            )
        )
    return [leaders for _, leaders in groups]


async def _go_on(context: Context, leaders: Sequence[_Aimed]) -> None:
    """Ask behind *leaders* as soon as these have answered, whoever else has not."""
    onward: list[_Aimed] = []
    for ask, subjects in leaders:
        answers = await _heard(context, ask, subjects)
        for attribute, further in ask.onward:
            reached = _reached(answers, attribute, subjects)
            if reached:
                await context.reached([one.id_number for one in reached])
                onward += [(next_ask, reached) for next_ask in further]
    if onward:
        await _ask_level(context, onward)


async def _all_of(work: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Do all of *work* at once; if one part fails, the others are given up."""
    if len(work) == 1:
        await work[0]
        return
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        for task in asyncio.as_completed(tasks):
            await task
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _heard(context: Context, ask: Ask, subjects: Sequence[Subject]) -> Answers:
    first = subjects[0]
    return await context.asking.heard(ask.question, first.level, first.authority)


def _reached(answers: Answers, attribute: str, subjects: Sequence[Subject]) -> list[Subject]:
    """Return whom the records of *subjects* lead to, each once."""
    numbers: dict[IdNumber | None, None] = {}
    for subject in subjects:
        answer = answers.get(subject.id_number)
        if answer is None or answer.value is None:
            continue
        records = answer.value if isinstance(answer.value, (list, tuple)) else (answer.value,)
        numbers.update((getattr(record, attribute), None) for record in records)
    numbers.pop(None, None)
    return [
        next_subject(subjects[0], number)
        for number in numbers
        if not isinstance(number, DepartmentError)
    ]
