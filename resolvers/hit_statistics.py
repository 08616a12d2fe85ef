"""Supervision of joint punishment (CAP-013): how many hits each unit has, and how many of them are late."""

import strawberry

from domain.hit import HitState
from resolvers import list_words  # noqa: F401 -- what the enums mean
from resolvers.context import Info
from resolvers.declare import guarded
from storage.hits import supervised


@strawberry.type(description="Hits of a unit in one state. 惩戒命中统计")
class HitCount:
    unit: str = strawberry.field(description="Whose. 单位")
    state: HitState = strawberry.field(description="Where they stand. 状态")
    count: int = strawberry.field(description="How many. 数量")
    overdue: int = strawberry.field(
        description="How many of them without decision, feedback or release in time. 逾期数量"
    )


@strawberry.type
class HitStatisticsQueries:
    @guarded("stats:read", "command:read")
    async def hit_statistics(self, info: Info) -> list[HitCount]:
        """Hits by unit and state, with those that are late; nobody is named. 惩戒监督"""
        found = await info.context.database.read(supervised)
        return [
            HitCount(unit=unit, state=HitState(state), count=count, overdue=late)
            for (unit, state), (count, late) in sorted(found.items())
        ]
