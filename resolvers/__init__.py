"""The graph: what may be asked, by whom, and which department's question answers it."""

from connectors.own_departments import own_departments

__path__ = [*__path__, *own_departments("resolvers")]
