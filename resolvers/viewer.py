"""`Query.viewer`: who am I, what may I."""

from datetime import UTC, datetime

import strawberry

from auth.caller import Caller
from resolvers.context import Info
from resolvers.scalars import DateTime


@strawberry.type(description="The caller, as the token says. 当前用户")
class Viewer:
    @strawberry.field(description="Subject of the token: an officer or a system. 用户标识")
    def id(self: strawberry.Parent[Caller]) -> strawberry.ID:
        return strawberry.ID(self.subject)

    @strawberry.field(description="Role, as scopes.json names it. 角色")
    def role(self: strawberry.Parent[Caller]) -> str:
        return self.role

    @strawberry.field(description="The caller's organisation. 所属单位")
    def organisation(self: strawberry.Parent[Caller]) -> str:
        return self.organisation

    @strawberry.field(description="Number of the officer's credential; null for a system. 公务证号")
    def credential(self: strawberry.Parent[Caller]) -> str | None:
        return self.officer

    @strawberry.field(description="Scopes of the token, sorted. 权限")
    def scopes(self: strawberry.Parent[Caller]) -> list[str]:
        return sorted(self.scopes)

    @strawberry.field(description="When the token ends. 令牌到期时间")
    def expires_at(self: strawberry.Parent[Caller]) -> DateTime:
        return DateTime(datetime.fromtimestamp(self.expires_at, UTC))


@strawberry.type
class ViewerQueries:
    @strawberry.field(
        graphql_type=Viewer, description="Who is asking, with which scopes. 当前用户"
    )
    def viewer(self, info: Info) -> Caller:
        return info.context.caller
