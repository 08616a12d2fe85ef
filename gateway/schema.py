"""One schema from every module in `resolvers`, checked to the last field."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import strawberry
from graphql import GraphQLEnumType, GraphQLSchema
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.types import get_object_definition

from gateway.declarations import Declarations, declare
from gateway.role_schema import narrowed
from resolvers import graph as graph_types
from resolvers.affiliates import AffiliateQueries
from resolvers.answering import AnsweringMutations, InboxQueries
from resolvers.attaching import AttachingMutations
from resolvers.break_glass import (
    BreakGlassMutations,
    BreakGlassQueries,
    BreakGlassSubscriptions,
)
from resolvers.case import CaseQueries
from resolvers.catalogue_changes import CatalogueMutations, CatalogueQueries
from resolvers.completeness import CompletenessMutations, CompletenessQueries
from resolvers.control_plan_drafts import ControlPlanMutations
from resolvers.correcting import CorrectionMutations
from resolvers.credit_file import CreditQueries
from resolvers.delegations import DelegationMutations
from resolvers.deliveries import DeliveryMutations, DeliveryQueries
from resolvers.discrepancies import DiscrepancyMutations, DiscrepancyQueries
from resolvers.hit_statistics import HitStatisticsQueries
from resolvers.hits import HitMutations, HitQueries
from resolvers.late_answers import LateAnswerSubscriptions
from resolvers.list_corrections import CorrectionQueries
from resolvers.list_entries import ListQueries
from resolvers.list_exchange import ExchangeQueries, ExchangeSubscriptions
from resolvers.list_recipients import RecipientQueries
from resolvers.list_reminders import ReminderQueries
from resolvers.listing import ListMutations
from resolvers.mine import MineQueries
from resolvers.ordering import OrderMutations
from resolvers.orders import OrderQueries
from resolvers.record import RecordQueries
from resolvers.record_entries import RecordEntryQueries
from resolvers.refund_watches import RefundMutations
from resolvers.restrictions import RestrictionMutations, RestrictionQueries
from resolvers.scalars import SCALARS
from resolvers.subscriptions import OrderSubscriptions
from resolvers.typed_requests import TypedRequestMutations, TypedRequestQueries
from resolvers.viewer import ViewerQueries
from resolvers.webhooks import WebhookMutations, WebhookQueries

SCHEMA_FILE: Final = Path("schema.graphql")
_HEADER: Final = (
    "# Printed by `chakong schema export`; `chakong schema check` compares. Do not edit.\n\n"
)


class DeclaredTwice(TypeError):
    """One coordinate would have two declarations; the later one would silently win."""


@dataclass(frozen=True, slots=True)
class Graph:
    """The executable schema, what each of its fields declares, and the whole of it in print."""

    schema: GraphQLSchema
    declarations: Declarations
    printed: str


def build_graph(*, off: Collection[str] = ()) -> Graph:
    """Build the schema.

    Args:
        off: field groups that this deployment does not have; their fields and types are absent.

    Raises:
        Undeclared: a field has neither scopes nor a place on the public list.
        DeclaredTwice: two parts of a root type declare the same field.
    """
    schema = strawberry.Schema(
        root_type(
            "Query",
            "What may be asked. 查询",
            CaseQueries,
            OrderQueries,
            InboxQueries,
            DeliveryQueries,
            DiscrepancyQueries,
            ListQueries,
            HitQueries,
            ExchangeQueries,
            WebhookQueries,
            BreakGlassQueries,
            RestrictionQueries,
            CorrectionQueries,
            CompletenessQueries,
            CatalogueQueries,
            ReminderQueries,
            MineQueries,
            RecordQueries,
            RecordEntryQueries,
            CreditQueries,
            HitStatisticsQueries,
            RecipientQueries,
            ViewerQueries,
            TypedRequestQueries,
            AffiliateQueries,
        ),
        root_type(
            "Mutation",
            "What may be ordered: one order per mutation. 操作",
            OrderMutations,
            ControlPlanMutations,
            RefundMutations,
            AttachingMutations,
            AnsweringMutations,
            ListMutations,
            HitMutations,
            WebhookMutations,
            RestrictionMutations,
            CorrectionMutations,
            CompletenessMutations,
            CatalogueMutations,
            DelegationMutations,
            DeliveryMutations,
            DiscrepancyMutations,
            BreakGlassMutations,
            TypedRequestMutations,
        ),
        root_type(
            "Subscription",
            "What may be waited for. 订阅",
            OrderSubscriptions,
            LateAnswerSubscriptions,
            ExchangeSubscriptions,
            BreakGlassSubscriptions,
        ),
        types=[graph_types.Debtor, graph_types.AffiliatedPerson],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    printed = _HEADER + print_schema(schema) + "\n"
    core = schema._schema  # noqa: SLF001 -- Strawberry keeps graphql-core's schema here
    declarations = declare(core)
    if off:
        _forget_kinds(core, off)
        core = narrowed(core, lambda one: declarations.of(one).group not in off)
    return Graph(core, declarations, printed)


def _forget_kinds(schema: GraphQLSchema, off: Collection[str]) -> None:
    """Take the kinds of assets that are *off* from those that an order can name."""
    ordered = cast("GraphQLEnumType", schema.type_map["OrderedAsset"])
    for name, one in list(ordered.values.items()):
        if one.value in off:
            del ordered.values[name]


def root_type(name: str, description: str, *parts: type) -> type:
    """Return the root type with the fields of all *parts*, each declared once."""
    seen: set[str] = set()
    for part in parts:
        for field in get_object_definition(part, strict=True).fields:
            if field.python_name in seen:
                raise DeclaredTwice(f"{name}.{field.python_name} is declared twice")
            seen.add(field.python_name)
    made: type = strawberry.type(type(name, parts, {}), description=description)
    return made
