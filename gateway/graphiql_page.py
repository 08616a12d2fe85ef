"""GraphiQL (in the making)."""
from dataclasses import dataclass
from starlette.routing import BaseRoute
@dataclass(frozen=True, slots=True, kw_only=True)
class GraphiqlConfig:
    endpoint: str
    authorize: str
    token: str
    issuer: str
    client_id: str
    title: str
    default_query: str
    version: str
    logins: tuple[tuple[str, str], ...] = ()
def graphiql_routes(config: GraphiqlConfig) -> list[BaseRoute]:
    return []
