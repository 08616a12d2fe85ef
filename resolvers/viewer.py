"""`Query.viewer`: who am I, what may I."""

from datetime import UTC, datetime

import strawberry

from auth.caller import Caller
from resolvers.context import Info
from resolvers.scalars import DateTime


@strawberry.type(description="The caller, as the token says. 当前用户")
class Viewer:
    @strawberry.field(description="Subject of the token: an officer or a system. 用户标识")
    def id(root: strawberry.Parent[Caller]) -> strawberry.ID:
        return strawberry.ID(root.subject)

    @strawberry.field(description="Role, as scopes.json names it. 角色")
    def role(root: strawberry.Parent[Caller]) -> str:
        return root.role

    @strawberry.field(description="The caller's organisation. 所属单位")
    def organisation(root: strawberry.Parent[Caller]) -> str:
        return root.organisation

    @strawberry.field(description="Number of the officer's credential; null for a system. 公务证号")
    def credential(root: strawberry.Parent[Caller]) -> str | None:
        return root.officer

    @strawberry.field(description="Scopes of the token, sorted. 权限")
    def scopes(root: strawberry.Parent[Caller]) -> list[str]:
        return sorted(root.scopes)

    @strawberry.field(description="When the token ends. 令牌到期时间")
    def expires_at(root: strawberry.Parent[Caller]) -> DateTime:
        return DateTime(datetime.fromtimestamp(root.expires_at, UTC))


@strawberry.type
class ViewerQueries:
    @strawberry.field(graphql_type=Viewer, description="Who is asking, with which scopes. 当前用户")
    def viewer(self, info: Info) -> Caller:
        return info.context.caller
