"""`X-Explain: plan`: what a plan asks of whom, what it denies and why, and what came of it."""

from typing import Any

from graphql.execution.values import VariableValues

from gateway.plan import Ask, Plan
from resolvers.context import Context


def explained(plan: Plan, variables: VariableValues, context: Context | None) -> dict[str, Any]:
    """Return *plan* for a developer; without numbers, names or anything else of people.

    Args:
        context: of a run; None for a request that was refused.
    """
    asks = [
        ask
        for root in plan.roots
        for ask in (*root.of_all, *(one for _, _, of_one in root.of_one for one in of_one))
    ]
    return {
        "steps": [step for ask in asks for step in _steps(ask, 0)],
        "fields": sorted(plan.coordinates),
        "denied": [
            {
                "path": list(denied.path),
                "coordinate": denied.coordinate,
                "missing": sorted(denied.missing),
                "rule": "@requiresScopes",
            }
            for denied in plan.denied
        ],
        "provedLately": sorted(plan.raw | plan.proofs),
        "cost": plan.cost.of(variables),
        "shapedBy": "graphql-core" if plan.shape is None else "plan",
        "calls": [] if context is None else [call.shown() for call in context.asking.calls],
    }


def _steps(ask: Ask, level: int) -> list[dict[str, Any]]:
    own = {
        "level": level,
        "path": ".".join(ask.path),
        "department": ask.question.department,
        "question": ask.question.name,
        "fields": sorted(ask.fields),
        "purposes": sorted(purpose.value for purpose in ask.purposes),
    }
    return [
        own,
        *(step for _, further in ask.onward for one in further for step in _steps(one, level + 1)),
    ]
